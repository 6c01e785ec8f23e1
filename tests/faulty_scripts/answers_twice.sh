# A second answer after the first.
echo 'OUTPUT: {"label": "a"}'
echo 'OUTPUT: {"label": "b"}'
