#include "orchestrator/rules/lexicon.h"

/* What the parts of a car are called. A row names kinds of parts, not requests. */

const struct rules_phrases rules_thing_phrases[] = {
    {N_THING, NULL,
     "brake pad|pad|pads|brake|rotor|brake rotor|caliper|brake caliper|brake hose|brake line|"
     "brake shoe|brake drum|brake fluid|drum|shoe|master cylinder|abs sensor"},
    {N_THING, NULL,
     "spark plug|plug|plugs|ignition coil|coil|glow plug|timing belt|timing chain|serpentine "
     "belt|drive belt|belt|tensioner|gasket|head gasket|valve cover gasket|engine mount|mount|"
     "drain plug|piston|camshaft|crankshaft|turbo|turbocharger|injector|fuel injector"},
    {N_THING, NULL,
     "filter|oil filter|air filter|cabin filter|cabin air filter|engine air filter|fuel filter|"
     "transmission filter|filter kit"},
    {N_THING, NULL,
     "battery|batteries|alternator|starter|starter motor|bulb|headlight|headlamp|taillight|tail "
     "light|fuse|relay|sensor|oxygen sensor|o2 sensor|speed sensor|wheel speed sensor|harness|"
     "window motor|horn|fog light"},
    {N_THING, NULL,
     "strut|struts|strut assembly|shock|shocks|shock absorber|control arm|ball joint|tie rod|sway "
     "bar|sway bar link|bushing|wheel hub|hub|wheel bearing|bearing|coil spring|spring|axle|cv "
     "axle|cv joint|driveshaft"},
    {N_THING, NULL,
     "radiator|radiator hose|hose|water pump|fuel pump|pump|thermostat|cooling fan|fan assembly|"
     "heater core|condenser|compressor|evaporator"},
    {N_THING, NULL,
     "muffler|exhaust|exhaust pipe|catalytic converter|converter|tailpipe|exhaust clamp|manifold"},
    {N_THING, NULL,
     "tire|tires|tyre|tyres|wheel|rim|lug nut|wiper|wipers|wiper blade|blade|floor mat|mat|mirror|"
     "bumper|fender|windshield|windscreen|door handle|handle|clutch|clutch kit|flywheel|"
     "transmission|gearbox|oil|motor oil|engine oil|coolant|antifreeze|washer fluid|fluid|grease"},
};
const size_t rules_thing_phrase_count = SL_ARRAY_LENGTH(rules_thing_phrases);
