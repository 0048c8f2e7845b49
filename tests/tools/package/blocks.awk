# Takes the code out of a Markdown file: a block whose fence says file=NAME becomes out/NAME, all
# other blocks of C become one file, out/snippets/snippets.c.
/^```/ && target != "" {
    target = ""
    next
}
/^```/ {
    name = ""
    if (match($0, /file=[^ ]+/))
        name = substr($0, RSTART + 5, RLENGTH - 5)
    else if ($1 == "```c")
        name = "snippets/snippets.c"
    target = name != "" ? out "/" name : "/dev/null"
    if (name == "snippets/snippets.c")
        printf "#line %d \"%s\"\n", FNR + 1, FILENAME > target
    next
}
target != "" { print > target }
