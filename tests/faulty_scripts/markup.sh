# Lines that a careless window would interpret.
printf 'LOG: \033[31mred\033[0m and a NUL \000 here\n'
printf 'LOG: <b>bold</b> <img src=x onerror=alert(1)> &amp;\n'
printf '50 %%\r100 %%\n'
printf 'OUTPUT: {"label": "a"}\n'
