#ifndef PARTS_PART_NUMBER_H
#define PARTS_PART_NUMBER_H

#include "services/agent/faults.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a part number is, in words. */
#define PARTS_NUMBER_WORDS "text of 3 to 20 letters, digits and dashes"

/** Notes each rule that part_number breaks: 3 to 20 characters; letters, digits and dashes only. */
void parts_check_part_number(const json_t *part_number, struct agent_faults *faults);

#ifdef __cplusplus
}
#endif

#endif
