#include "orchestrator/rules/lexicon.h"

/* The service desk's verbs, things and states. */

const struct rules_phrases rules_domain_phrases[] = {
    {V_ADD, NULL,
     "add|put|throw|stick|include|attach|apply|tack|place|use|install|charge "
     "out|slap|leave|chuck|drop a|drop in a|set me up with|load|plug in"},
    {V_RESERVE, NULL,
     "reserve|reserving|hold|held|set aside|setting aside|allocate|earmark|put "
     "aside|pull|grab|secure|lock in|block out|book out|snag|pick|tag|set apart|lay "
     "aside|keep|save"},
    {V_RESERVE, "them",
     "set them aside|set it aside|set those aside|put them aside|put it aside|put those aside"},
    {V_SEND, NULL,
     "send|sent|shoot|forward|fire off|dispatch|message|deliver|resend|get out|text over|mail "
     "over|email over|sent out|send out|send over|shoot over|get over to|re send"},
    {V_CREATE, NULL,
     "create|make|generate|issue|set up|setup|setting up|prepare|raise|draft|build|write up|make "
     "out|produce|initiate|log a new|put together|check in|book in|type up|log in a|start up "
     "a|open up a|write that up|write it up|write this up|write him up|write her up|write them "
     "up|ring up a new"},
    {V_OPEN, NULL, "open|open up"},
    {V_SHOW, NULL,
     "show|display|get|getting|give me|give us|pull up|pulling up|bring up|look up|lookup|look "
     "at|look into|tell me|tell us|list|fetch|view|see|read|what is|what's|whats|what are|what "
     "was|what were|what do|which|find out|retrieve|print|how is|how's|who is|who's|let me see|let "
     "me know|report on|who|what|how much|describe|review|go over|info on|details on|details "
     "of|details for|details about|summary of|overview of|how are|what has|what have|what "
     "happened|when did|when was|when were|when has|quote me|run down|rundown on|rundown of|how "
     "come"},
    {V_CHECK, NULL,
     "check|chk|check on|tell me if|tell me whether|tell us if|tell us whether|let me know if|let "
     "me know whether|check up on|check if|check whether|check that|check to see if|verify "
     "that|verify whether|verify if|confirm that|confirm whether|confirm if|verify|confirm|see "
     "if|see whether|make sure|double check|find out if|find out whether|inspect|look whether|know "
     "if|know whether|ensure|can you see if|any idea if|tell whether|whether"},
    {V_VALIDATE, NULL,
     "validate|validation|valid|invalid|well formed|wellformed|validity|properly formatted|correct "
     "format|right format|valid format|format|formatted correctly|sanity check|syntax|correctly "
     "formatted|look right|looks right|look valid|looks valid|look correct|looks "
     "correct|legit|legal|allowed|permitted"},
    {V_SEARCH, NULL,
     "search|search for|find|find me|look for|looking for|hunt for|hunt down|search "
     "through|browse|locate|shop for|searching for"},
    {V_ASSIGN, NULL,
     "assign|reassign|re assign|allocate technician|hand over|hand|give|delegate|dispatch "
     "to|let|take over|takes over|takes|should take|should take over|should do|should work on|will "
     "take|will take over|is taking|is taking over|hand off|hand off to|pass|pass on|hand to|turn "
     "over|have"},
    {V_CHANGE, NULL,
     "update|change|set|mark|move|switch|advance|flip|transition|bump|push|progress|go "
     "from|turn|flag|pop|kick|toss|shift|slide|roll|bring|roll back|send back to|reopen|re "
     "open|switch over|change over|move over|kick over|bump up"},
    {V_STATUS, "closed", "close|close out|close off|close up"},
    {V_STATUS, "cancelled", "cancel|call off|kill|scrap|scratch|nix|axe|abandon"},
    {V_STATUS, "completed", "finish|finish off|wrap up|finish up|complete"},
    {V_STATUS, "scheduled", "schedule"},
    {V_STATUS, "in_progress",
     "start|start work on|begin|begin work on|start working on|kick off|resume"},
    {V_REFUND, NULL,
     "refund|reimburse|money back|give back|pay back|credit back|repay|return the money|send "
     "back|return money|give money back|give the money back|put back on"},
    {V_NOTE, NULL,
     "document|record|log|jot|jot down|write down|write|annotate|put down|make a note|take a note"},
    {V_REMIND, NULL,
     "remind|reminder|notify|notification|nudge|chase|chase up|ping|alert|payment reminder|payment "
     "notification|payment notice|follow up|let the customer know|notice"},
    {V_CHARGE, NULL,
     "charge|bill|collect|request payment|ask for payment|take payment|take a payment"},
    {V_FOREIGN, NULL,
     "delete|remove|drop|erase|wipe|purge|destroy|fire|hire|hack|transfer|wire|buy|purchase|sell|"
     "call|phone|reveal|translate|tell a "
     "joke|joke|poem|sing|play|weather|flight|hotel|pizza|release|unreserve|reorder|order "
     "more|execute|shutdown|shut down|restart|reboot|install "
     "software|approve|discount|waive|fax|act as|you are now|from now on|sudo|truncate|system "
     "prompt|password|passwords|email "
     "everyone|appointment|tow|loaner|rental|rent|void|reverse|merge|split|export|import|backup|"
     "back "
     "up|terminate|enable|disable|unassign|recommend|diagnose|wash|calculate|solve|convert|predict|"
     "invent|grant|reset|sign up|subscribe|unsubscribe|donate|pay out|payout|developer "
     "mode|jailbreak|cook|drive|order lunch|lunch|vacation|schedule an appointment|test drive "
     "scheduling"},
    {V_FOREIGN, NULL, "ignore|disregard|forget|bypass|override|pretend|explain|log in|login"},
    {V_FOREIGN, "all", "everything|everyone|all customers|every customer"},
    {V_FOREIGN, "thing",
     "what time|opening hours|hours of operation|open on sunday|open on saturday|"
     "trade in|trade in value|resale value|resale|market value|blue book|blue book value"},
    {Q_IS, NULL,
     "is|are|does|do you know|did|has|was|were|is there|are "
     "there|will|would|should|isn't|hasn't|didn't|do"},
    {Q_CAN, NULL,
     "can|could|may|can we|could we|is it ok to|is it possible to|are we able to|is it "
     "possible|can i|could i|may i|might i"},
    {Q_GOT, NULL,
     "got|we have|we've got|we got|is there a|is there an|are there|we have any|you have|you "
     "got|have any|there any"},
    {Q_HAVE, NULL,
     "do we have|do we have any|have we got|have we got any|have we any|do we stock|do we "
     "carry|any|how many|do you have|do you have any|have you got|have you any|got any|do you "
     "stock|do you carry|is there any|are there any|do we got|what kind of|what kinds of|do we "
     "still have|we stock|we carry|you stock|you carry|do you sell|do we sell|do y'all stock|do "
     "y'all have|y'all stock|y'all have|what have we got|what've we got"},
    {N_RO, NULL,
     "ro|repair order|work order|order|job|ticket|repair ticket|repairorder|r o|wo|job card|repair "
     "job|service order|workorder|repair|repair order number|ros|jobs|orders|repair ordr|ticket "
     "number|order number|work ticket|service ticket|job number"},
    {N_PART, NULL,
     "part|part number|parts|p n|pn|sku|item|component|part num|spare part|spare|item number|parts "
     "number|part nos|part numbers|spare parts|prt|prts|part #|partnumber"},
    {N_PAYMENT, NULL, "payment|transaction|pmt|payments"},
    {N_LINK, NULL,
     "link|payment link|pay link|paylink|payment url|url|link to pay|payment request|request for "
     "payment|invoice link|checkout link|bill|pay by link|paymentlink|payment page"},
    {N_CUSTOMER, NULL,
     "guy|lady|gentleman|woman|gal|customer|client|owner|cust|customer number|guest"},
    {N_VEHICLE, NULL, "vehicle|car|truck|veh|vin|suv|van|automobile|auto|vehicle vin"},
    {N_TECH, NULL, "technician|tech|mechanic|technicians|techs|wrench|tech id|technician id"},
    {N_STATUS, NULL,
     "status|state|progress on|where we are|how far|stage of|standing|where is|where's|where "
     "are|where|stands|stand|status check|check status|where do we stand|how is it going|what is "
     "going on with|what's going on with|what's up with|what is up with|eta"},
    {N_HISTORY, NULL,
     "history|timeline|what has been done|what was done|what's been done|what happened|log "
     "of|everything done|everything that happened|full record|event log|events|audit "
     "trail|activity|chronology|work done|happened|hist|everything that's happened|everything that "
     "has happened|all that happened|what all happened|what all has happened|all that has "
     "happened|story|whole story|run through of"},
    {N_METHOD, NULL,
     "payment method|payment methods|payment options|payment option|ways to pay|way to pay|how "
     "can|cards on file|card on file|pay with|saved cards|saved card|methods of payment|method of "
     "payment|forms of payment|accepted payments|cards|pay methods|pay method|pay options|methods "
     "on file|payment means|means of payment|forms of pay|wallet|payment cards"},
    {N_DATA, NULL,
     "payment data|payment details|payment information|payment info|payment parameters|payment "
     "fields|billing data|data|payment input|payment inputs|payment entry"},
    {N_AVAIL, NULL,
     "available|availability|avail|in stock|stock|stock level|stock levels|on hand|inventory|any "
     "left|are left|left in stock|we have left|on the shelf|out of stock|on stock|instock|enough "
     "of|quantity on hand|stocked|left of|what's left|what is left|how many are left|how much is "
     "left|how many left|left on|quantity left|remaining|is left|on the shelves|shelf|in the "
     "house|in house|in inventory|in our stock|have stock|stocks"},
    {N_DETAILS, NULL,
     "detail|details|info|information|about|description|overview|particulars|summary|exist|total|"
     "grand total|balance|data sheet|datasheet|info on|details on|details of|details for|details "
     "about|full details"},
    {N_PRICE, NULL,
     "price|cost|spec|specs|specification|specifications|how much is|how much are|how much "
     "does|pricing|part info|list price|retail price|go for|goes for|going for|sell for|sells "
     "for|retail for|retails for|run us|run me|cost us|how expensive|how pricey|warranty "
     "info|warranty on|how much for|how much"},
    {N_FIT, NULL,
     "fit|fits|compatible|compatibility|fitment|work with|work on a|work on an|works with|works "
     "on|suitable|suit|go on a|go on an|go with|fit for|work for|works for|match|work in|right "
     "for|right part for|correct part for|compatibility check|compatibility of|the right part "
     "for|fits in|fit in|fit on|fits on|go into|goes in|goes on|go in|goes into|belong on|belongs "
     "on|right one for|the right one for|ok for|okay for|good for|meant for|made for|used on|used "
     "in|usable on|right fit for|correct for|proper fit|work with a|fit up"},
    {N_ALT, NULL,
     "alternative|alternatives|alternate|substitute|substitutes|substitution|replacement|"
     "replacements|equivalent|equivalents|cross reference|cross references|similar parts|similar "
     "part|other options|instead of part|similar to|interchange|swap for|alternative "
     "parts|alternate parts|interchangeable|alts|alt|sub|subs|sub for|subbed|stand in|stand in "
     "for|replaces|in place of|anything else|what else|else would do|would do|another option|other "
     "option|alternate part|comparable|aftermarket version|cross ref|cross "
     "refs|interchanges|backup for|instead of it|else works|else fits|something else"},
    {N_TRANSITION, NULL,
     "go straight from|go directly from|go right from|straight from|directly from|jump straight "
     "from|transition from|status transition|transition|transitions|go from|move from|moved "
     "from|going from|moving from|change from|allowed next|status change|jump from|moved "
     "straight|skip to"},
    {N_PAID, NULL,
     "paid|pay|gone through|cleared|settled|went through|go through|been received|come "
     "through|came in|come in|processed|successful|pending payment|outstanding|pay for|went "
     "thru|gone thru|go thru|come thru|in yet|still open|still pending|been paid|still owed|still "
     "owes|paid up|paid off|cash in|money come in|money came in"},
    {N_NOTE, NULL,
     "note|notes|comment|comments|remark|remarks|memo|annotation|repair note|repair "
     "notes|noted|memos|jotting|line on"},
    {N_INVOICE, NULL, "invoice"},
    {N_RESERVATION, NULL, "reservation|reservations|appointment slot"},
    {UNKNOWN, NULL,
     "no start|no crank|won't start|will not start|does not start|doesn't start|not starting|check "
     "engine light|check engine|no heat|no ac|not cooling|stop light|turn signal|timing set|pad "
     "set|drop box|test drive|picked up|got picked up|was picked up"},
    {UNKNOWN, NULL, "approved|approved it|has approved"},
    {PRIORITY, "low", "low priority|priority low|low prio|prio low"},
    {PRIORITY, "normal", "normal priority|priority normal|medium priority|standard priority"},
    {PRIORITY, "high", "high priority|priority high|high prio|prio high|top priority"},
    {PRIORITY, "urgent", "urgent|urgent priority|priority urgent|highest priority"},
    {LIMIT_WORD, NULL,
     "max|maximum|at most|top|limit|limit to|limit it to|no more than|show max|show top|show me "
     "max|show at most|show me at most|show only|list max|up to|not more than|first|cap it "
     "at|limited to|max of|a max of|maximum of|only the first|the first|the top"},
    {CATEGORY_WORD, NULL, "category|categories"},
    {Q_HOW, NULL, "how|how does|how do|ways|way|in which way|what way|what ways"},
    {SOUND, NULL, "real|proper|genuine|acceptable|legitimate|sound|plausible"},
    {COMPLAINT, NULL,
     "complaint|complaints|complains of|complains about|complaining of|complaining about|complains "
     "that|concern|concerns|symptom|symptoms|problem|issue|says there is|says it has|says it "
     "is|says the|says that the|reports|reports that|wants|needs|description is|complaint is|due "
     "for|in for"},
    {NEW, NULL, "new|brand new|fresh"},
    {STATUS, "pending", "pending"},
    {STATUS, "scheduled", "scheduled|booked|on the schedule"},
    {STATUS, "in_progress",
     "in progress|inprogress|under way|underway|being worked on|work in progress|started|wip|in "
     "work|in the shop|in process|in progres|back in progress|in prog|back to work|on the lift|in "
     "the bay"},
    {STATUS, "parts_ordered",
     "parts ordered|waiting for parts|waiting on parts|awaiting parts|parts on order|parts have "
     "been ordered|on parts hold|parts are ordered|waiting for the parts|parts ordering|part "
     "ordered|backordered parts|parts were ordered|waiting for a part|waiting on a part"},
    {STATUS, "quality_check",
     "quality check|qc|quality control|quality inspection|quality checks|qa|final "
     "inspection|quality checking|quality assurance|q c|quality|final check|quality control "
     "check|final quality check"},
    {STATUS, "customer_approval",
     "customer approval|waiting for approval|awaiting approval|waiting on approval|waiting for "
     "customer approval|awaiting customer approval|waiting on customer approval|approval|waiting "
     "for the customer's approval|awaiting customer|needs approval|customer's approval|waiting for "
     "customer|waiting on customer|customer's ok|waiting on the customer|waiting for the "
     "customer|waiting on the customer's approval|waiting for the ok|customer ok|needs customer "
     "approval|pending approval|pending customer approval|approval pending|waiting on customer "
     "ok|awaiting the customer's approval|customer authorization|authorization"},
    {STATUS, "ready_for_pickup",
     "ready for pickup|ready for pick up|ready to be picked up|ready to pick up|ready for "
     "collection|ready for delivery|ready to go|ready|pickup|pick up|ready for customer "
     "pickup|ready for the pickup|ready to get picked up|redy for pickup|ready for pick-up|good to "
     "go|ready 4 pickup|pick up ready"},
    {STATUS, "completed",
     "completed|complete|done|finished|all done|all finished|completely done|wrapped up"},
    {STATUS, "invoiced", "invoiced|billed"},
    {STATUS, "closed", "closed|closed out"},
    {STATUS, "cancelled", "cancelled|canceled"},
    {CHANNEL, "email", "email|e mail|mail|emailed|by mail"},
    {CHANNEL, "sms",
     "sms|text|text message|texted|txt|by phone|s m s|texting|by text|via text|text msg|over "
     "text|texts"},
    {REASON, "duplicate_payment",
     "duplicate|duplicate charge|duplicate payment|charged twice|double charged|paid twice|double "
     "charge|billed twice|double billed|double payment|duplicated|charged him twice|charged her "
     "twice|charged them twice|paid two times|charged two times|two times|paid double|charged "
     "double|twice"},
    {REASON, "customer_request",
     "customer request|customer requested|customer requested it|requested by customer|requested by "
     "the customer|customer asked|customer asked for it|customer changed their mind|changed his "
     "mind|changed her mind|changed their mind|customer's request|at the customer's "
     "request|changed his mind about|changed mind|customer wants it|on request|on customer "
     "request|requested by the owner|asked for it|as requested|per customer|per the customer|by "
     "request|customer wanted it"},
    {REASON, "goodwill",
     "goodwill|good will|goodwill gesture|gesture of goodwill|courtesy|good faith|as a gesture|for "
     "the inconvenience|inconvenience|for the trouble|for his trouble|for her trouble|for their "
     "trouble|for the wait|long wait|apology|to apologize|to make it right|to make up for it|as an "
     "apology|making it right"},
    {REASON, "overcharge",
     "overcharge|overcharged|charged too much|wrong amount|billing error|pricing "
     "error|overpaid|overpayment|incorrect amount|price error|billed too much|wrong price|wrong "
     "price was charged|too much|price was wrong|overbilled|charged wrong"},
    {REASON, "warranty",
     "warranty|under warranty|warranty claim|covered by warranty|warranty repair|in "
     "warranty|warranty covered|covered under warranty|warranty covers it|under the warranty"},
    {REASON, "defective_part",
     "defective part|defective|faulty|faulty part|broken part|bad part|damaged|part was "
     "defective|defect|damaged part|defective parts|part failed|part broke|failed part|doesn't "
     "work|was broken|is broken|was bad|was faulty|was damaged|arrived damaged|came damaged|part "
     "is bad|dead on arrival"},
    {REASON, "part_returned",
     "part returned|part was returned|returned part|returned the part|customer returned|customer "
     "returned the part|returned the|part return|parts returned|part came back|brought it "
     "back|brought the part back|returned it|sent it back|sent back the|sent the part back|brought "
     "back|returned unopened|returned|is returning the|return of the"},
    {REASON, "part_unavailable",
     "part unavailable|part not available|part is unavailable|part was unavailable|part out of "
     "stock|unavailable part|can't get the part|could not get the part|couldn't get the part|part "
     "discontinued|part on backorder|backordered|part never came|unavailable|not "
     "available|discontinued|out of stock"},
    {REASON, "service_not_performed",
     "service not performed|service not rendered|not performed|work not done|service was not "
     "performed|service cancelled|cancelled service|service canceled|service was cancelled|work "
     "was not done|work was not performed|work wasn't done|canceled service|repair cancelled|job "
     "was cancelled|never did the work|job not done|service was not done|service not done|not "
     "done|wasn't done|never done|never performed|never got done|was never done|not carried "
     "out|didn't do the work|did not do the work|service was never performed|service not was "
     "made|not made|cancelled the service|canceled the service|job cancelled|cancelled job|never "
     "happened|didn't happen|service that we didn't do"},
    {REASON, "fraud",
     "fraud|fraudulent|unauthorized|not authorized|unauthorised|stolen card|stolen|disputed as "
     "fraud|card was stolen|scam|chargeback fraud"},
};
const size_t rules_domain_phrase_count = SL_ARRAY_LENGTH(rules_domain_phrases);
