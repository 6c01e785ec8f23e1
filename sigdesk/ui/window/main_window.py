"""The frame: header, pages, docks and status bar. It knows where things stand, not what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QTabBar, QTabWidget, QVBoxLayout, QWidget

from sigdesk.pool.right_of_way import window_at_work
from sigdesk.signals.pyramid_store import PyramidStore
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.inspector.panel import Inspector
from sigdesk.ui.shell.banner import Banner
from sigdesk.ui.shell.drop_zone import dropped_paths
from sigdesk.ui.shell.header import Header
from sigdesk.ui.shell.later_page import LaterPage
from sigdesk.ui.shell.pane import Pane
from sigdesk.ui.shell.status_bar import StatusBar
from sigdesk.ui.shell.toast import Toast
from sigdesk.ui.shell.welcome import WelcomePage
from sigdesk.ui.signals.panel import SignalsPanel
from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.tab_order import after, stops

if TYPE_CHECKING:
    from sigdesk.ui.models.page import ModelsPage
    from sigdesk.ui.plots.area import PlotArea

NARROW: Final = 1200
"""Below this width the Inspector becomes a tab beside the Signals."""
LAYOUT_VERSION: Final = 1
_PAINTING: Final = (QEvent.Type.UpdateRequest, QEvent.Type.LayoutRequest)
_BOTTOM_HEIGHT: Final = 258
"""Seven jobs are seen whole."""


class MainWindow(QMainWindow):
    """Header, pages and docks. `closing` comes before the window goes; `paths_dropped` from anywhere on it;
    `page_changed` names the page that is shown.

    `may_close` is asked before: where it says no, the window stays. `plots` and `models_page` are made when they are
    first needed, as the libraries that they bring along take longer to load than the rest of the window; `plots_made`
    and `models_page_made` come then, for those who listen to them.
    """

    closing = Signal()
    paths_dropped = Signal(object)
    page_changed = Signal(str)
    plots_made = Signal()
    models_page_made = Signal()

    def __init__(
        self,
        look: Look,
        thumbnails: ThumbnailStore,
        pyramids: PyramidStore | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("SigDesk")
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 600)
        self.resize(1440, 900)
        self.may_close: Callable[[], bool] = lambda: True
        self.thumbnails = thumbnails
        self._look = look
        self._pyramids = pyramids
        self._plots: PlotArea | None = None
        self._models_page: ModelsPage | None = None
        self.header = Header(look)
        self.banner = Banner(look)
        self.welcome = WelcomePage(look)
        self.signals = SignalsPanel(look, thumbnails)
        self.inspector = Inspector(look)
        self.bottom = BottomTabs(look)
        self.status = StatusBar(look)
        self._workspace = QStackedWidget()
        self._pages = QStackedWidget()
        self._other_pages: dict[str, QWidget] = {}
        self._wanted = {"Signals": True, "Inspector": True, "Bottom tabs": True}
        self._bottom_on_welcome = False
        self._lay_out(look)
        self.toast = Toast(look, self)

    @property
    def plots(self) -> PlotArea:
        """Where signals are drawn."""
        if self._plots is None:
            from sigdesk.ui.plots.area import PlotArea

            self._plots = PlotArea(self._look, self._pyramids, self._workspace)
            self._workspace.addWidget(self._plots)
            self.plots_made.emit()
        return self._plots

    @property
    def has_plots(self) -> bool:
        """Whether anything was drawn yet."""
        return self._plots is not None

    @property
    def models_page(self) -> ModelsPage:
        """Where models are looked at and trained."""
        return self.need_models_page()

    def need_models_page(self) -> ModelsPage:
        """Make the Models page, if it is not there yet."""
        if self._models_page is None:
            from sigdesk.ui.models.page import ModelsPage

            self._models_page = ModelsPage(self._look, self._pages)
            self._pages.addWidget(self._models_page)
            self.models_page_made.emit()
        return self._models_page

    @property
    def page(self) -> str:
        """The page that is shown."""
        return self.header.page

    def show_page(self, page: str) -> None:
        """Show Workspace, Record, Review or Models."""
        self.header.show_page(page)
        self._pages.setCurrentWidget(self.models_page if page == "Models" else self._other_pages[page])
        self._arrange()
        self.page_changed.emit(page)

    def show_workspace(self, *, empty: bool) -> None:
        """The welcome page while nothing is open, else plots and panels."""
        if empty != self._is_welcome:
            self._bottom_on_welcome = False
        self._workspace.setCurrentWidget(self.welcome if empty else self.plots)
        self._arrange()

    def toggle_panel(self, panel: str) -> None:
        """Show or hide "Signals", "Inspector" or "Bottom tabs"; from another page, go where it is seen."""
        if self.page != "Workspace":
            self.show_page("Workspace")
            self.show_panel(panel)
        elif self._is_welcome:
            self._bottom_on_welcome = panel == "Bottom tabs" and not self._bottom_on_welcome
            self._arrange()
        elif self._wanted[panel] and not self._is_in_front(panel):
            self.show_panel(panel)  # in a narrow window it lies behind another
        else:
            self._wanted[panel] = not self._wanted[panel]
            self._arrange()

    def show_panel(self, panel: str) -> None:
        """Bring a panel to the front, whether it was hidden or lies behind another."""
        if self._is_welcome:
            self._bottom_on_welcome = panel == "Bottom tabs"
        else:
            self._wanted[panel] = True
        self._arrange()
        self._docks[panel].raise_()

    @property
    def hidden_panels(self) -> list[str]:
        """The panels that the operator has hidden."""
        return [panel for panel, wanted in self._wanted.items() if not wanted]

    def hide_panels(self, panels: Sequence[str]) -> None:
        """Hide panels as they were hidden before; names that are none are passed over."""
        self._wanted = {panel: panel not in panels for panel in self._wanted}
        self._arrange()

    def panes(self) -> list[QWidget]:
        """What F6 steps through, in tab order."""
        panes: list[QWidget] = [self.header]
        if self.banner.isVisible():
            panes.append(self.banner)
        if self._is_in_front("Signals"):
            panes.append(self.signals)
        panes.append(self._pages)
        if self._is_in_front("Inspector"):
            panes.append(self.inspector)
        if self._is_in_front("Bottom tabs"):
            panes.append(self.bottom)
        return panes

    def first_focus(self, pane: QWidget) -> QWidget | None:
        """The first widget of a pane, in tab order, that takes the keyboard."""
        return next(iter(stops([pane])), None)

    def focusNextPrevChild(self, forward: bool) -> bool:
        target = after(self.focusWidget(), stops([*self.panes(), self.toast]), 1 if forward else -1)
        if target is None:
            return False
        reasons = Qt.FocusReason
        target.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
        return True

    def layout_state(self) -> str:
        """Where the docks stand, as text for the settings."""
        return bytes(self.saveState(LAYOUT_VERSION).toBase64().data()).decode()

    def restore_layout(self, geometry: str, layout: str) -> None:
        """Put the window back as it stood; texts that do not fit are passed over."""
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        if layout:
            self.restoreState(QByteArray.fromBase64(layout.encode()), LAYOUT_VERSION)
        self._arrange()

    def geometry_state(self) -> str:
        """Size and place of the window, as text for the settings."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    def come_to_front(self) -> None:
        """Show the window above all others, as somebody has asked for it anew."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()

    def event(self, event: QEvent) -> bool:
        """With an UpdateRequest all that has changed in the window is laid out and painted."""
        if event.type() in _PAINTING:
            with window_at_work:
                return super().event(event)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_inspector()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)

    def _lay_out(self, look: Look) -> None:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.banner)
        self.setMenuWidget(top)
        self._workspace.addWidget(self.welcome)
        self._pages.addWidget(self._workspace)
        self._other_pages["Workspace"] = self._workspace
        for page in (LaterPage(look, "Record"), LaterPage(look, "Review")):
            page.workspace_requested.connect(partial(self.show_page, "Workspace"))
            self._pages.addWidget(page)
            self._other_pages[page.name] = page
        self.setCentralWidget(Pane(self._pages))
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self._signals_dock = self._dock("Signals", self.signals, Qt.DockWidgetArea.LeftDockWidgetArea)
        self._inspector_dock = self._dock("Inspector", self.inspector, Qt.DockWidgetArea.RightDockWidgetArea)
        self._bottom_dock = self._dock("Bottom tabs", self.bottom, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.resizeDocks([self._signals_dock], [284], Qt.Orientation.Horizontal)
        self.resizeDocks([self._inspector_dock], [304], Qt.Orientation.Horizontal)
        self.resizeDocks([self._bottom_dock], [_BOTTOM_HEIGHT], Qt.Orientation.Vertical)
        self._docks = {
            "Signals": self._signals_dock,
            "Inspector": self._inspector_dock,
            "Bottom tabs": self._bottom_dock,
        }
        self.setStatusBar(self.status)
        self._arrange()

    def _dock(self, name: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """A panel that can be resized, hidden and remembered, but has no title bar: its own head is enough."""
        dock = QDockWidget(name, self)
        dock.setObjectName(name)
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setTitleBarWidget(QWidget(dock))
        dock.setWidget(Pane(panel))
        self.addDockWidget(area, dock)
        return dock

    def _place_inspector(self) -> None:
        """Beside the plots, or as a tab where the window is narrow."""
        docks = (self._signals_dock, self._inspector_dock)
        if not all(dock.isVisible() for dock in docks):
            return  # where a dock that is not shown stands, Qt does not tell
        narrow = self.width() < NARROW
        # Asked of the docks themselves: a layout that was stored in a narrow window may be restored in a wide one.
        if narrow == (self._inspector_dock in self.tabifiedDockWidgets(self._signals_dock)):
            return
        if narrow:
            self.tabifyDockWidget(self._signals_dock, self._inspector_dock)
            self._signals_dock.raise_()
            for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
                bar.setElideMode(Qt.TextElideMode.ElideNone)
                bar.setAccessibleName("Signals and Inspector")
        else:
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._inspector_dock)
            self.resizeDocks([self._inspector_dock], [304], Qt.Orientation.Horizontal)

    def _arrange(self) -> None:
        """Docks belong to the Workspace, and only once something is open; below the welcome page, what could not be
        opened may say why."""
        here = self.page == "Workspace"
        for panel, dock in self._docks.items():
            on_welcome = panel == "Bottom tabs" and self._bottom_on_welcome
            dock.setVisible(here and (on_welcome if self._is_welcome else self._wanted[panel]))
        self._place_inspector()

    def _is_in_front(self, panel: str) -> bool:
        """Whether a panel is shown. One that lies behind another is visible for Qt, but stands outside the window."""
        dock = self._docks[panel]
        return dock.isVisible() and dock.geometry().intersects(self.rect())

    @property
    def _is_welcome(self) -> bool:
        return self._workspace.currentWidget() is self.welcome
