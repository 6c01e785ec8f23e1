# The records are what stands between double quotes: by turns the inside of a JSON string and what lies outside. What
# begins with a colon outside is the value of the key just read. Strings cannot be mistaken for values this way.
BEGIN {
    RS = "\""
    FS = "\n"
    active_above = 0.1
    overload_above = 10
}

inside {
    word = word $0
    match($0, /\\*$/)
    if (RLENGTH % 2)
        word = word "\"" # an escaped quote: the string goes on
    else
        inside = 0
    next
}

{
    if ($0 ~ /^[ \t\r\n]*:/)
        take(word, $0)
    word = ""
    inside = 1
}

END {
    if (!found)
        fail("the job file holds no samples")
    if (overload_above <= active_above)
        fail("overload_above (" overload_above ") must be over active_above (" active_above ")")
    progress(0.5) # reading was the larger part
    if (asked)
        answer_windows()
    else
        printf "OUTPUT: %s\n", answer(0, longest, "the signal")
}

function take(key, text,    c) {
    if (key == "samples") {
        found = 1
        channels = read_rows(text, sample, size)
        for (c = 1; c <= channels; c++)
            if (size[c] > longest)
                longest = size[c]
    } else if (key == "windows")
        asked = read_rows(text, edge, edges)
    else if (key == "active_above")
        active_above = number(text)
    else if (key == "overload_above")
        overload_above = number(text)
}

# `:[[1,2],[3]]` into values[row, column] and counts[row]; gives the number of rows.
function read_rows(text, values, counts,    rows, row, cells, count, r, i) {
    gsub(/[ \t\r\n:]/, "", text)
    if (!match(text, /\]\]/))
        match(text, /\]/)
    text = substr(text, 1, RSTART - 1)
    sub(/^\[\[?/, "", text)
    count = split(text, rows, /\],\[/)
    for (r = 1; r <= count; r++) {
        counts[r] = split(rows[r], cells, ",")
        for (i = 1; i <= counts[r]; i++)
            values[r, i] = cells[i]
    }
    return count
}

function number(text) {
    gsub(/[ \t\r\n:]/, "", text)
    return text + 0
}

function answer_windows(    w, text) {
    for (w = 1; w <= asked; w++) {
        text = text (w > 1 ? ", " : "") answer(edge[w, 1], edge[w, 2], "window " w)
        if (w % 100 == 0)
            progress(0.5 + 0.5 * w / asked)
    }
    printf "OUTPUT: {\"windows\": [%s]}\n", text
}

# The result of samples start (included) to stop (excluded), as JSON.
function answer(start, stop, what,    c, i, sum, count, missing, value, rms, label, doubt) {
    for (c = 1; c <= channels; c++)
        for (i = start + 1; i <= stop && i <= size[c]; i++) {
            value = sample[c, i]
            if (value == "null") {
                missing++
                continue
            }
            sum += value * value
            count++
        }
    if (!count)
        fail(what " holds no values")
    rms = root(sum / count)
    # Half in doubt at a level, ever surer away from it.
    if (rms > overload_above) {
        label = "overload"
        doubt = overload_above / rms
    } else if (rms > active_above) {
        label = "active"
        doubt = active_above / rms
        if (rms / overload_above > doubt)
            doubt = rms / overload_above
    } else {
        label = "calm"
        doubt = active_above > 0 ? rms / active_above : 1
    }
    if (doubt < 0)
        doubt = 0
    if (missing)
        printf "LOG: WARNING %s: %d missing values were left out\n", what, missing
    if (!asked || asked <= 20)
        printf "LOG: %s: RMS %.4g of %d values, channels: %d\n", what, rms, count, channels
    return sprintf("{\"label\": \"%s\", \"confidence\": %.4f, \"rms\": %.6g}", label, 1 - doubt / 2, rms)
}

# Heron's square root, as some small awks come without sqrt. It falls towards the root until it has met it.
function root(square,    guess, better) {
    if (!(square < 1e300))
        return 1e150
    if (square <= 0)
        return 0
    better = square > 1 ? square : 1
    do {
        guess = better
        better = (guess + square / guess) / 2
    } while (better < guess)
    return guess
}

function progress(fraction) {
    printf "PROGRESS: %.4f\n", fraction
    fflush() # seen while it happens, though the output is a pipe
}

function fail(reason) {
    print "ERROR: " reason
    exit 1
}
