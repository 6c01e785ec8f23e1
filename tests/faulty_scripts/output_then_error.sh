# An error after the answer.
echo 'OUTPUT: {"label": "a"}'
echo 'ERROR: on second thoughts, no'
