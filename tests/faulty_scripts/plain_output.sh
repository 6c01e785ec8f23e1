# Words that are no prefix, and prefixes that stand elsewhere.
echo 'RESULT: a'
echo 'now OUTPUT: {"label": "b"}'
echo 'ERROR without its colon'
echo 'PROGRESS: 150'
echo 'OUTPUT: {"label": "a"}'
