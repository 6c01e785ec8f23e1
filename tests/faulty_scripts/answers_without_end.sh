# Twenty thousand answers, and as many errors after them.
yes 'OUTPUT: {"label": "a"}' | head -n 20000
seq -f 'ERROR: number %.0f' 20000
