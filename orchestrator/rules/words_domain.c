#include "orchestrator/rules/lexicon.h"

/* The service desk's verbs, things and states. */

const struct rules_phrases rules_domain_phrases[] = {
    {V_ADD, NULL, "add|put|throw|stick|include|attach|apply|tack|place|use|install|charge out"},
    {V_RESERVE, NULL,
     "reserve|reserving|hold|held|set aside|setting aside|allocate|earmark|put "
     "aside|pull|grab|secure|lock in|put on hold|on hold|save|block out|book out"},
    {V_RESERVE, "them",
     "set them aside|set it aside|set those aside|put them aside|put it aside|put those aside"},
    {V_SEND, NULL, "send|sent|shoot|forward|fire off|dispatch|message|deliver|resend|get out"},
    {V_CREATE, NULL,
     "create|make|generate|issue|set up|setup|setting up|prepare|raise|draft|build|write up|make "
     "out|"
     "produce|initiate|log a new|put together"},
    {V_OPEN, NULL, "open|open up"},
    {V_SHOW, NULL,
     "show|display|get|getting|give me|give us|pull up|pulling up|bring up|look up|lookup|look "
     "at|look into|tell me|tell us|"
     "list|fetch|view|see|read|what is|what's|whats|what are|what was|what were|what do|which|find "
     "out|"
     "retrieve|print|how is|how's|where is|where's|where are|who is|who's|let me see|let me "
     "know|report on|"
     "who|what|where|how much|describe|review|go over|info on|details on|details of|details "
     "for|details about|"
     "summary of|overview of|how are|what has|what have|what happened"},
    {V_CHECK, NULL,
     "check|chk|check on|tell me if|tell me whether|tell us if|tell us whether|let me know if|let "
     "me know whether|check up on|check if|check whether|check that|check to see if|verify "
     "that|verify whether|verify if|confirm that|confirm whether|confirm if|verify|confirm|see "
     "if|see whether|make sure|double check|find out if|find "
     "out whether|inspect|look whether|know if|know whether|ensure"},
    {V_VALIDATE, NULL,
     "validate|validation|valid|invalid|well formed|wellformed|validity|properly formatted|correct "
     "format|right format|valid format|format|formatted correctly|sanity check|syntax|correctly "
     "formatted|"
     "look right|looks right|look valid|looks valid|look correct|looks "
     "correct|legit|legal|allowed|permitted"},
    {V_SEARCH, NULL,
     "search|search for|find|find me|look for|looking for|hunt for|hunt down|search "
     "through|browse|locate|"
     "shop for|searching for"},
    {V_ASSIGN, NULL,
     "assign|reassign|re assign|allocate technician|hand over|hand|give|delegate|dispatch "
     "to|let|have|take over|takes over|takes|should take|should take over|should do|should work "
     "on|will take|will take over|is taking|is taking over"},
    {V_CHANGE, NULL,
     "update|change|set|mark|move|switch|advance|flip|transition|bump|push|progress|go "
     "from|turn|flag"},
    {V_STATUS, "closed", "close|close out|close off|close up"},
    {V_STATUS, "cancelled", "cancel|call off"},
    {V_STATUS, "completed", "finish|finish off|wrap up|finish up"},
    {V_STATUS, "scheduled", "schedule"},
    {V_STATUS, "in_progress",
     "start|start work on|begin|begin work on|start working on|kick off|resume"},
    {V_REFUND, NULL,
     "refund|reimburse|money back|give back|pay back|credit back|repay|return the money|send back"},
    {V_NOTE, NULL, "document|record|log|jot|jot down|write down|write|annotate|put down"},
    {V_REMIND, NULL,
     "remind|reminder|notify|notification|nudge|chase|chase up|ping|alert|payment reminder|payment "
     "notification|"
     "payment notice|follow up|let the customer know|notice"},
    {V_CHARGE, NULL,
     "charge|bill|collect|request payment|ask for payment|take payment|take a payment"},
    {V_FOREIGN, NULL,
     "delete|remove|drop|erase|wipe|purge|destroy|fire|hire|hack|transfer|wire|buy|purchase|sell|"
     "call|phone|ignore|disregard|forget|bypass|override|pretend|reveal|translate|tell a "
     "joke|joke|poem|"
     "sing|play|weather|flight|hotel|pizza|release|unreserve|reorder|order "
     "more|execute|shutdown|shut down|"
     "restart|reboot|install software|approve|discount|waive|fax|act as|you are now|from now on|"
     "sudo|truncate|system prompt|password|passwords|email everyone|"
     "appointment|tow|loaner|rental|rent|void|reverse|merge|split|export|"
     "import|backup|"
     "back up|terminate|enable|disable|unassign|recommend|diagnose|wash|explain|calculate|solve|"
     "convert|predict|invent|grant|reset|login|log in|sign up|subscribe|unsubscribe|donate|pay "
     "out|payout|"
     "developer mode|jailbreak"},
    {V_FOREIGN, "all", "everything|everyone|all customers|every customer"},
    {V_FOREIGN, "thing",
     "trade in|trade in value|resale value|resale|market value|blue book|blue book value"},
    {Q_IS, NULL,
     "is|are|does|do you know|did|has|was|were|is there|are there|will|would|should|isn't|"
     "hasn't|didn't|do"},
    {Q_CAN, NULL,
     "can|could|may|can we|could we|is it ok to|is it possible to|are we able to|is it possible"},
    {Q_HAVE, NULL,
     "do we have|do we have any|have we got|have we got any|have we any|do we stock|do we "
     "carry|any|how many|"
     "do you have|do you have any|have you got|have you any|got any|do you stock|do you carry|is "
     "there any|"
     "are there any|do we got|what kind of|what kinds of|do we still have|we have any"},
    {N_RO, NULL,
     "ro|repair order|work order|order|job|ticket|repair ticket|repairorder|r o|wo|job card|repair "
     "job|"
     "service order|workorder|repair|repair order number|ros|jobs|orders"},
    {N_PART, NULL,
     "part|part number|parts|p n|pn|sku|item|component|part num|spare part|spare|item number|parts "
     "number|"
     "part nos|part numbers|spare parts"},
    {N_PAYMENT, NULL, "payment|transaction|pmt|payments"},
    {N_LINK, NULL,
     "link|payment link|pay link|paylink|payment url|url|link to pay|payment request|request for "
     "payment|"
     "invoice link|checkout link|bill|pay by link|paymentlink|payment page"},
    {N_CUSTOMER, NULL, "customer|client|owner|cust|customer number|guest"},
    {N_VEHICLE, NULL, "vehicle|car|truck|veh|vin|suv|van|automobile|auto|vehicle vin"},
    {N_TECH, NULL, "technician|tech|mechanic|technicians|techs"},
    {N_STATUS, NULL, "status|state|progress on|stand with|where we are|how far|stage of|standing"},
    {N_HISTORY, NULL,
     "history|timeline|what has been done|what was done|what's been done|what happened|log "
     "of|everything done|"
     "everything that happened|full record|event log|events|audit trail|activity|chronology|work "
     "done|happened"},
    {N_METHOD, NULL,
     "payment method|payment methods|payment options|payment option|ways to pay|way to pay|how "
     "can|cards on "
     "file|card on file|pay with|saved cards|saved card|methods of payment|method of payment|forms "
     "of payment|"
     "accepted payments|cards"},
    {N_DATA, NULL,
     "payment data|payment details|payment information|payment info|payment parameters|payment "
     "fields|billing "
     "data|data"},
    {N_AVAIL, NULL,
     "available|availability|avail|in stock|stock|stock level|stock levels|on hand|inventory|any "
     "left|are left|left in stock|we have left|on the shelf|out "
     "of stock|on stock|instock|enough of|quantity on hand|stocked"},
    {N_DETAILS, NULL,
     "detail|details|info|information|about|description|overview|particulars|summary|exist|total|"
     "grand total|balance"},
    {N_PRICE, NULL,
     "price|cost|spec|specs|specification|specifications|how much is|how much are|how much "
     "does|pricing|part info|"
     "list price|retail price"},
    {N_FIT, NULL,
     "fit|fits|compatible|compatibility|fitment|work with|work on a|work on an|works with|works on|"
     "suitable|suit|go on a|go on an|go with|fit for|work for|works for|match|work in|right "
     "for|right part for|correct part for|compatibility check|compatibility of|the "
     "right part for"},
    {N_ALT, NULL,
     "alternative|alternatives|alternate|substitute|substitutes|substitution|replacement|"
     "replacements|"
     "equivalent|equivalents|cross reference|cross references|similar parts|similar part|other "
     "options|"
     "instead of part|something else|similar to|interchange|what else can|what else could|swap for|"
     "alternative parts|alternate parts|interchangeable"},
    {N_TRANSITION, NULL,
     "go straight from|go directly from|go right from|straight from|directly from|jump straight "
     "from|transition from|status transition|transition|transitions|go from|move from|moved "
     "from|going "
     "from|moving "
     "from|change from|allowed next|status change|jump from|moved straight|skip to"},
    {N_PAID, NULL,
     "paid|pay|gone through|cleared|settled|went through|go through|been received|come "
     "through|came in|"
     "come in|processed|successful|pending payment|outstanding"},
    {N_NOTE, NULL,
     "note|notes|comment|comments|remark|remarks|memo|annotation|repair note|repair notes|noted"},
    {N_INVOICE, NULL, "invoice"},
    {N_RESERVATION, NULL, "reservation|reservations|appointment slot"},
    {UNKNOWN, NULL,
     "no start|no crank|won't start|will not start|does not start|doesn't start|not starting|check "
     "engine light|"
     "check engine|no heat|no ac|not cooling|stop light|turn signal|timing set|pad set|drop "
     "box|test drive"},
    {UNKNOWN, NULL, "approved|approved it|has approved"},
    {PRIORITY, "low", "low priority|priority low|low prio|prio low"},
    {PRIORITY, "normal", "normal priority|priority normal|medium priority|standard priority"},
    {PRIORITY, "high", "high priority|priority high|high prio|prio high|top priority"},
    {PRIORITY, "urgent", "urgent|urgent priority|priority urgent|highest priority"},
    {LIMIT_WORD, NULL,
     "max|maximum|at most|top|limit|limit to|limit it to|no more than|show max|show top|show me "
     "max|show at most|show me at most|show only|list max"},
    {CATEGORY_WORD, NULL, "category|categories"},
    {NEW, NULL, "new|brand new|fresh"},
    {STATUS, "pending", "pending"},
    {STATUS, "scheduled", "scheduled"},
    {STATUS, "in_progress",
     "in progress|inprogress|under way|underway|being worked on|work in progress|started|wip|in "
     "work|in the shop|"
     "in process"},
    {STATUS, "parts_ordered",
     "parts ordered|waiting for parts|waiting on parts|awaiting parts|parts on order|parts have "
     "been ordered|"
     "on parts hold|parts are ordered"},
    {STATUS, "quality_check",
     "quality check|qc|quality control|quality inspection|quality checks|qa|final "
     "inspection|quality "
     "checking|quality assurance"},
    {STATUS, "customer_approval",
     "customer approval|waiting for approval|awaiting approval|waiting on approval|waiting for "
     "customer "
     "approval|awaiting customer approval|waiting on customer approval|approval|waiting for the "
     "customer's "
     "approval|awaiting customer|needs approval|customer's approval|waiting for customer|waiting "
     "on customer"},
    {STATUS, "ready_for_pickup",
     "ready for pickup|ready for pick up|ready to be picked up|ready to pick up|ready for "
     "collection|ready for "
     "delivery|ready to go|ready|pickup|pick up|ready for customer pickup"},
    {STATUS, "completed", "completed|complete|done|finished|all done"},
    {STATUS, "invoiced", "invoiced|billed"},
    {STATUS, "closed", "closed|closed out"},
    {STATUS, "cancelled", "cancelled|canceled"},
    {CHANNEL, "email", "email|e mail|mail|emailed|by mail"},
    {CHANNEL, "sms", "sms|text|text message|texted|txt|by phone|s m s|texting"},
    {REASON, "duplicate_payment",
     "duplicate|duplicate charge|duplicate payment|charged twice|double charged|paid twice|double "
     "charge|"
     "billed twice|double billed|double payment|duplicated"},
    {REASON, "customer_request",
     "customer request|customer requested|customer requested it|requested by customer|requested by "
     "the "
     "customer|customer asked|customer asked for it|customer changed their mind|changed his "
     "mind|changed her mind|"
     "changed their mind|customer's request|at the customer's request"},
    {REASON, "goodwill", "goodwill|good will|goodwill gesture|gesture of goodwill|courtesy"},
    {REASON, "overcharge",
     "overcharge|overcharged|charged too much|wrong amount|billing error|pricing "
     "error|overpaid|overpayment|"
     "incorrect amount|price error|billed too much"},
    {REASON, "warranty", "warranty|under warranty|warranty claim|covered by warranty"},
    {REASON, "defective_part",
     "defective part|defective|faulty|faulty part|broken part|bad part|damaged|part was defective|"
     "defect|damaged part|defective parts"},
    {REASON, "part_returned",
     "part returned|part was returned|returned part|returned the part|customer returned|customer "
     "returned the part|returned the|part return|parts "
     "returned|part came back"},
    {REASON, "part_unavailable",
     "part unavailable|part not available|part is unavailable|part was unavailable|part out of "
     "stock|unavailable part"},
    {REASON, "service_not_performed",
     "service not performed|service not rendered|not performed|work not done|service was not "
     "performed|service "
     "cancelled|cancelled service|service canceled|service was cancelled|work was not done|work "
     "was not performed|"
     "work wasn't done|canceled service|repair cancelled|job was cancelled|never did the work|job "
     "not done"},
    {REASON, "fraud", "fraud|fraudulent|unauthorized|not authorized|unauthorised|stolen card"},
};
const size_t rules_domain_phrase_count = SL_ARRAY_LENGTH(rules_domain_phrases);
