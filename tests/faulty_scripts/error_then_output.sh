# An answer after an error.
echo 'ERROR: no'
echo 'OUTPUT: {"label": "a"}'
