#include "orchestrator/rules/lexicon.h"

/* The small words between, numbers and money. */

const struct rules_phrases rules_grammar_phrases[] = {
    {PRONOUN, NULL,
     "it|its|this|that one|this one|the one|same|him|her|he|she|one of them|the "
     "same|itself|it's|that's"},
    {THEM, NULL,
     "them|they|those|these|both|both of them|all of them|their|all of these|all of those"},
    {DETERMINER, NULL,
     "the|a|an|my|our|your|his|some|all|all the|another|every|existing|following|current|teh|any "
     "of the|a full|the full"},
    {PREPOSITION, NULL,
     "on|in|by|with|at|from|via|through|into|onto|against|over|under|within|per|regarding|re|using|"
     "toward|towards|between|up|down|out"},
    {TO, NULL, "to|be"},
    {FOR, NULL,
     "for|because|due to|because of|reason|since|bc|cuz|cause|b c|on account of|owing to|as he|as "
     "she|as they"},
    {OF, NULL, "of"},
    {AS, NULL, "as"},
    {THAT, NULL,
     "that|saying|stating|reading|says|that says|which says|to say|telling|which reads|that "
     "reads|to the effect that|stating that|saying that|to tell that|that tells|with text|with the "
     "text|with the message|with message|noting|noting that|mentioning"},
    {AND, NULL,
     "and|plus|also|as well as|along with|and also|together with|but|but also|however|though|n|as "
     "well"},
    {OR, NULL, "or|nor"},
    {THEN, NULL,
     "then|and then|next|afterwards|afterward|after that|after "
     "which|subsequently|finally|lastly|later|followed by|from there|once that's "
     "done|first|firstly|second|secondly|third|thirdly|once that's finished|once finished with "
     "that|when that's finished|after you're done|afterwards then|when you're done|when you are "
     "done|once you're done|once you are done"},
    {ONCE, NULL,
     "once done|when done|once that is done|when that is done|once it is done|when that's "
     "done|once it's done|if that works|if that succeeds|once completed|once complete|when "
     "finished|after you have done that|once finished|as soon as that is done|when it's done|once "
     "that's through|as soon as that's done|if that goes through"},
    {AFTER, NULL, "after|once|as soon as"},
    {BEFORE, NULL, "before|prior to|but before that|but first"},
    {IF, NULL,
     "if|unless|in case|only if|provided|provided that|assuming|when|whenever|until|even "
     "if|depending on|otherwise"},
    {NEGATION, NULL,
     "not|don't|do not|dont|never|no|without|no need to|don't need to|do n't|doesn't|does "
     "not|won't|will not|hold off on|hold off|stop|avoid|refrain from|cannot|can't|please "
     "don't|please do not|shouldn't|should not|mustn't|must not|no longer|didn't need|leave "
     "out|except|nothing|nobody|forget about|must never|neither|rather not|forget the|forget "
     "sending|forget adding|forget reserving|forget about it|forget assigning|do not ever|under no "
     "circumstances|not to|never said to|never asked to|didn't ask to|didn't say to|did not ask "
     "to|no one|none of|lay off|quit|rather than|skip|instead of"},
    {FILLER, NULL,
     "please|kindly|i'm|i am|we're|we are|i'll|we'll|i've|we've|can you|could you|would you|will "
     "you|can u|pls|plz|i need you to|i need to|i want to|i'd like to|i would like to|we need "
     "to|we want to|i'd like you to|i want you to|go ahead "
     "and|let's|lets|hey|hi|hello|thanks|thank you|just|only|now|let me know when done|let me know "
     "when it's done|let me know once done|let me know once it's done|let me know when that's "
     "done|right now|today|quickly|asap|immediately|i need|we need|need to|i want|i'd like|i would "
     "like|we'd like to|would like to|want to|help me|try to|maybe|okay|ok|so|well|well "
     "then|yes|sure|good morning|good afternoon|urgently|thx|cheers|ty|again|too|as "
     "well|instead|first of all|currently|still|yet|already|really|actually "
     "need|there|here|me|us|i|we|you|if you can|if possible|when you can|when you get a chance|if "
     "you could|when you have a minute|if you would|for me|for us|would you mind|be so "
     "kind|dear|team|folks|the system|available right now|need|want|let me|quick|straight away|you "
     "please|get me|i have to|we have to|have to|could you please|can you please|would you "
     "please|right away|much|exactly|ever|anything|any notes|guys|y'all|quick one|quick "
     "question|real quick|when u get a chance|when you get the chance|when you have a sec|when you "
     "have time|if u "
     "can|u|ur|rn|atm|uh|um|er|like|alright|hiya|howdy|morning|afternoon|evening|good "
     "evening|greetings|regards|best regards|kind regards|best|sincerely|thank you so much|thanks "
     "so much|thanks a lot|thanks a bunch|many thanks|much appreciated|appreciate it|tia|do me a "
     "favor|do me a favor and|be a dear and|be so good|i was wondering if|i wonder if|i was "
     "wondering whether|wondering if|i'd like to know|i would like to know|i want to know|want to "
     "know|do you mind|if you don't mind|if you would be so kind|and so on|over "
     "there|lemme|gonna|going to|gotta|got to|wanna|even|so far|by chance|by any chance|it would "
     "be great if you could|could we please|can we please|can i get you to|could i get you to|i "
     "must|must|shall|soon|sir|ma'am|boss|buddy|man|dude|btw|by the way|fyi|hope you're well|hope "
     "you are well|hope all is well|quickly please|in the system|for now|for the customer's "
     "sake|possible|is possible|you to|stored|registered"},
    {LABEL, NULL,
     "number|num|nr|id|ids|code|called|named|labelled|labeled|numbered|numbers|no|identifier|id "
     "number|with id|with number|with the id|with the number|known as"},
    {UNIT, NULL,
     "x|pcs|pc|piece|pieces|unit|units|ea|times|copies|qty of|sets of|set of|units of|boxes "
     "of|counts of|off of|lots of"},
    {EACH, NULL, "each|apiece|of each|per part"},
    {QUANTITY_WORD, NULL, "qty|quantity|count|quantities|quantity of"},
    {YEAR_WORD, NULL, "year|model year|my year|built in"},
    {FULL, NULL,
     "full|in full|fully|full amount|the full amount|whole amount|the whole amount|entire|entire "
     "amount|the entire amount|all of it|total amount|the whole thing|complete amount"},
    {CORRECTION, NULL,
     "i mean|i meant|no wait|wait no|scratch that|correction|never mind|nevermind|forget that|or "
     "rather|sorry i meant|make that|on second thought|strike that|wait a minute|hang on"},
    {NUMBER_WORD, "0", "zero"},
    {NUMBER_WORD, "1", "one|single"},
    {NUMBER_WORD, "2", "two|couple of|a couple of|a couple|pair of|a pair of|couple"},
    {NUMBER_WORD, "3", "three"},
    {NUMBER_WORD, "4", "four"},
    {NUMBER_WORD, "5", "five"},
    {NUMBER_WORD, "6", "six|half a dozen|half dozen"},
    {NUMBER_WORD, "7", "seven"},
    {NUMBER_WORD, "8", "eight"},
    {NUMBER_WORD, "9", "nine"},
    {NUMBER_WORD, "10", "ten"},
    {NUMBER_WORD, "11", "eleven"},
    {NUMBER_WORD, "12", "twelve|a dozen|dozen"},
    {NUMBER_WORD, "13", "thirteen"},
    {NUMBER_WORD, "14", "fourteen"},
    {NUMBER_WORD, "15", "fifteen"},
    {NUMBER_WORD, "16", "sixteen"},
    {NUMBER_WORD, "17", "seventeen"},
    {NUMBER_WORD, "18", "eighteen"},
    {NUMBER_WORD, "19", "nineteen"},
    {NUMBER_WORD, "20", "twenty"},
    {NUMBER_WORD, "30", "thirty"},
    {NUMBER_WORD, "40", "forty|fourty"},
    {NUMBER_WORD, "50", "fifty"},
    {NUMBER_WORD, "60", "sixty"},
    {NUMBER_WORD, "70", "seventy"},
    {NUMBER_WORD, "80", "eighty"},
    {NUMBER_WORD, "90", "ninety"},
    {NUMBER_WORD, "100", "hundred|a hundred"},
    {NUMBER_WORD, "1000", "thousand|a thousand|grand"},
    {CURRENCY, "USD",
     "usd|dollar|dollars|bucks|buck|us dollars|u s dollars|us dollar|usds|us$|dollar "
     "bills|greenbacks"},
    {CURRENCY, "EUR", "eur|euro|euros"},
    {CURRENCY, "GBP", "gbp|pounds|pound sterling|pounds sterling|quid"},
    {CURRENCY, "CAD", "cad|canadian dollars|c$"},
    {CURRENCY, "MXN", "mxn|pesos|mexican pesos"},
    {CURRENCY, "INR", "inr|rupees"},
    {CURRENCY, "AUD", "aud|australian dollars"},
    {CURRENCY, "JPY", "jpy|yen"},
    {CURRENCY, "CHF", "chf|swiss francs"},
    {CENTS, NULL, "cent|cents"},
};
const size_t rules_grammar_phrase_count = SL_ARRAY_LENGTH(rules_grammar_phrases);
