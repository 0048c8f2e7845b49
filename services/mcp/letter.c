#include "services/mcp/letter.h"

#include <string.h>
#include <time.h>

/* RFC 5322, 2.1.1: 78 are to be read well, 998 are the most a line may have. */
#define LINE_WANTED 78
#define LINE_LIMIT 900

/* Where the line that begins at text ends: at a space where it is long, in a word as a last resort.
 * *ret_skip is the space or line end that goes away. */
static size_t line_length(const char *text, size_t *ret_skip)
{
    size_t length = strcspn(text, "\n");
    size_t at = 0, space = 0;
    *ret_skip = text[length] == '\n';
    if (length <= LINE_WANTED)
        return length;
    while (at < length && (at <= LINE_WANTED || space == 0) && at < LINE_LIMIT) {
        if (text[at] == ' ' && at > 0)
            space = at;
        at++;
    }
    if (space == 0 && at == length)
        return length;
    *ret_skip = space != 0;
    return space != 0 ? space : sl_utf8_cut(text, length, LINE_LIMIT);
}

static void append_lines(struct sl_text *text, const char *body)
{
    while (*body != '\0') {
        size_t skip = 0;
        size_t length = line_length(body, &skip);
        size_t kept = length > 0 && body[length - 1] == '\r' ? length - 1 : length;
        for (size_t i = 0; i < kept; i++)
            sl_text_append_char(text, body[i] == '\r' ? ' ' : body[i]);
        sl_text_append(text, "\r\n");
        body += length + skip;
    }
}

/* "Wed, 25 Jun 2025 10:41:45 +0000", in English whatever the locale. */
static void append_date(struct sl_text *text, int64_t wall_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc = {0};
    gmtime_r(&seconds, &utc);
    sl_text_printf(text, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[utc.tm_wday],
                   utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                   utc.tm_sec);
}

void letter_write(const struct letter *letter, struct sl_text *text)
{
    const char *at = strrchr(letter->from, '@');
    append_date(text, letter->written_ms);
    sl_text_printf(text,
                   "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s.%lld@%s>\r\n"
                   "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: 8bit\r\nAuto-Submitted: auto-generated\r\n\r\n",
                   letter->from, letter->to, letter->subject, letter->id,
                   (long long)letter->written_ms, at != NULL ? at + 1 : letter->from);
    append_lines(text, letter->body);
}
