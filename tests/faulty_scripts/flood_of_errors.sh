# 20 MB on standard error, then the answer.
yes 'this is a line of standard error, like those that a library writes for every sample' | head -c 20000000 >&2
printf '\nthe last words\n' >&2
echo 'OUTPUT: {"label": "a"}'
