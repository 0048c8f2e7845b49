#include "services/mcp/parts.h"

/*
 * The demo stock: 48 parts in 8 categories.
 * number, name, category, manufacturer, description, price in cents, stock, shelf, warranty in
 * months, days until more of it comes, fitting vehicles (none: any vehicle).
 */

#define BRAKES "Brakes"
#define ENGINE "Engine"
#define FILTERS "Filters"
#define ELECTRICAL "Electrical"
#define SUSPENSION "Suspension"
#define COOLING "Cooling"
#define EXHAUST "Exhaust"
#define FLUIDS "Fluids"

#define CAMRY                                                                                      \
    {                                                                                              \
        "Toyota", "Camry", 2018, 2024                                                              \
    }
#define RAV4                                                                                       \
    {                                                                                              \
        "Toyota", "RAV4", 2019, 2024                                                               \
    }
#define CIVIC                                                                                      \
    {                                                                                              \
        "Honda", "Civic", 2016, 2021                                                               \
    }
#define CRV                                                                                        \
    {                                                                                              \
        "Honda", "CR-V", 2017, 2022                                                                \
    }
#define F150                                                                                       \
    {                                                                                              \
        "Ford", "F-150", 2015, 2023                                                                \
    }
#define SILVERADO                                                                                  \
    {                                                                                              \
        "Chevrolet", "Silverado 1500", 2019, 2024                                                  \
    }
#define ALTIMA                                                                                     \
    {                                                                                              \
        "Nissan", "Altima", 2019, 2024                                                             \
    }
#define JETTA                                                                                      \
    {                                                                                              \
        "Volkswagen", "Jetta", 2017, 2023                                                          \
    }
#define BMW3                                                                                       \
    {                                                                                              \
        "BMW", "330i", 2019, 2024                                                                  \
    }
#define ELANTRA                                                                                    \
    {                                                                                              \
        "Hyundai", "Elantra", 2021, 2024                                                           \
    }
#define OUTBACK                                                                                    \
    {                                                                                              \
        "Subaru", "Outback", 2020, 2024                                                            \
    }
#define WRANGLER                                                                                   \
    {                                                                                              \
        "Jeep", "Wrangler", 2018, 2024                                                             \
    }
#define MODEL3                                                                                     \
    {                                                                                              \
        "Tesla", "Model 3", 2018, 2023                                                             \
    }
#define CX5                                                                                        \
    {                                                                                              \
        "Mazda", "CX-5", 2017, 2024                                                                \
    }

/* clang-format off */
const struct parts_demo_part parts_demo[] = {
    {"1234", "Brake Pad Set", BRAKES, "Akebono", "Ceramic pads for the front axle, with shims and clips", 8999, 40, "A-01-1", 24, 2, {CAMRY, RAV4, CIVIC, CRV, ALTIMA}},
    {"1235", "Brake Pad Set, Rear", BRAKES, "Akebono", "Ceramic pads for the rear axle, with shims and clips", 7450, 32, "A-01-2", 24, 2, {CAMRY, RAV4, CIVIC, CRV, ALTIMA}},
    {"1240", "Brake Rotor, Front", BRAKES, "Brembo", "Vented and coated disc, sold singly", 11275, 24, "A-02-1", 24, 3, {CAMRY, RAV4, ALTIMA}},
    {"1241", "Brake Rotor, Rear", BRAKES, "Brembo", "Solid and coated disc, sold singly", 9420, 22, "A-02-2", 24, 3, {CAMRY, RAV4, ALTIMA}},
    {"1245", "Brake Caliper, Front Left", BRAKES, "Cardone", "Remanufactured, with bracket, core charge included", 13890, 8, "A-03-1", 36, 5, {F150, SILVERADO}},
    {"1250", "Brake Pad Set, Heavy Duty", BRAKES, "Raybestos", "Semi-metallic pads for the front axle of trucks", 10950, 18, "A-01-4", 24, 2, {F150, SILVERADO, WRANGLER}},
    {"1255", "Brake Hose", BRAKES, "Dorman", "Flexible hose, front, with banjo fitting", 2485, 30, "A-04-1", 12, 2, {CIVIC, CRV, CX5}},

    {"2001", "Spark Plug, Iridium", ENGINE, "NGK", "Laser iridium, gapped, sold singly", 1649, 160, "B-01-1", 12, 1, {CAMRY, RAV4, CIVIC, CRV, CX5}},
    {"2002", "Ignition Coil", ENGINE, "Denso", "Pencil coil with boot", 6895, 36, "B-01-3", 24, 2, {CAMRY, RAV4, ALTIMA}},
    {"2010", "Timing Chain Kit", ENGINE, "Cloyes", "Chain, guides, tensioner and gaskets", 24990, 6, "B-02-1", 36, 7, {F150, SILVERADO}},
    {"2015", "Serpentine Belt", ENGINE, "Gates", "Multi-rib belt of EPDM", 4275, 28, "B-02-4", 24, 1, {CAMRY, CIVIC, ALTIMA, JETTA}},
    {"2020", "Valve Cover Gasket Set", ENGINE, "Fel-Pro", "Moulded rubber, with plug tube seals", 3840, 20, "B-03-1", 12, 3, {JETTA, BMW3}},
    {"2025", "Engine Mount, Hydraulic", ENGINE, "Corteco", "Right-hand mount, filled with fluid", 15260, 9, "B-03-3", 24, 5, {JETTA, BMW3}},
    {"2030", "Oil Drain Plug with Gasket", ENGINE, "Dorman", "M14 x 1.5, steel with copper gasket", 695, 120, "B-04-1", 12, 1, {{NULL, NULL, 0, 0}}},

    {"3001", "Oil Filter", FILTERS, "Mann-Filter", "Spin-on filter with anti-drainback valve", 1195, 150, "C-01-1", 12, 1, {CAMRY, RAV4, CIVIC, CRV, ALTIMA}},
    {"3002", "Oil Filter Cartridge", FILTERS, "Mahle", "Cartridge with seal ring", 1480, 70, "C-01-2", 12, 1, {BMW3, JETTA}},
    {"3010", "Engine Air Filter", FILTERS, "K&N", "Panel filter, dry", 2765, 55, "C-02-1", 12, 1, {CAMRY, CIVIC, ELANTRA, CX5}},
    {"3015", "Cabin Air Filter", FILTERS, "Bosch", "Activated carbon against dust and smell", 2399, 65, "C-02-3", 12, 1, {CAMRY, RAV4, CIVIC, MODEL3, OUTBACK}},
    {"3020", "Fuel Filter", FILTERS, "ACDelco", "In-line filter, quick connect", 3350, 25, "C-03-1", 12, 2, {F150, SILVERADO}},
    {"3025", "Transmission Filter Kit", FILTERS, "WIX", "Filter with pan gasket", 5275, 14, "C-03-2", 12, 3, {F150, SILVERADO, WRANGLER}},

    {"4001", "Battery, AGM Group 48", ELECTRICAL, "Interstate", "12 V, 70 Ah, 760 A cold cranking", 22995, 16, "D-01-1", 36, 2, {BMW3, JETTA, ELANTRA}},
    {"4002", "Battery, Group 24F", ELECTRICAL, "Interstate", "12 V, 600 A cold cranking", 17495, 20, "D-01-2", 36, 2, {CAMRY, RAV4, ALTIMA}},
    {"4010", "Alternator", ELECTRICAL, "Denso", "Remanufactured, 130 A", 28950, 5, "D-02-1", 36, 4, {CAMRY, RAV4}},
    {"4015", "Starter Motor", ELECTRICAL, "Bosch", "Remanufactured, 1.4 kW", 21475, 5, "D-02-2", 36, 4, {CIVIC, CRV}},
    {"4020", "Headlight Bulb, LED", ELECTRICAL, "Philips", "H11, 6000 K, sold in pairs", 8925, 40, "D-03-1", 24, 2, {{NULL, NULL, 0, 0}}},
    {"4025", "Wheel Speed Sensor", ELECTRICAL, "Continental", "Active ABS sensor, front", 6140, 18, "D-03-3", 24, 3, {JETTA, ELANTRA, OUTBACK}},
    {"4030", "Oxygen Sensor, Upstream", ELECTRICAL, "NTK", "Wideband, with connector", 11890, 15, "D-03-4", 24, 3, {CAMRY, CIVIC, CX5, OUTBACK}},

    {"5001", "Strut Assembly, Front Left", SUSPENSION, "KYB", "Complete strut with spring and mount", 18950, 10, "E-01-1", 24, 4, {CAMRY, ALTIMA}},
    {"5002", "Strut Assembly, Front Right", SUSPENSION, "KYB", "Complete strut with spring and mount", 18950, 10, "E-01-2", 24, 4, {CAMRY, ALTIMA}},
    {"5010", "Shock Absorber, Rear", SUSPENSION, "Bilstein", "Monotube, gas pressure", 12495, 16, "E-01-4", 36, 4, {F150, SILVERADO, WRANGLER}},
    {"5015", "Lower Control Arm", SUSPENSION, "Moog", "With ball joint and bushings", 14280, 8, "E-02-1", 36, 5, {CIVIC, CRV}},
    {"5020", "Sway Bar Link", SUSPENSION, "Moog", "Greasable, front", 3295, 34, "E-02-3", 36, 2, {CAMRY, RAV4, OUTBACK, CX5}},
    {"5025", "Wheel Hub and Bearing", SUSPENSION, "Timken", "Front assembly with ABS ring", 16740, 12, "E-03-1", 36, 3, {F150, SILVERADO}},

    {"6001", "Radiator", COOLING, "Denso", "Aluminium core, plastic tanks", 19880, 6, "F-01-1", 24, 5, {CAMRY, RAV4}},
    {"6005", "Water Pump", COOLING, "Aisin", "With gasket", 9475, 11, "F-01-3", 24, 3, {CAMRY, RAV4, CIVIC}},
    {"6010", "Thermostat", COOLING, "Stant", "82 degrees Celsius, with seal", 2890, 26, "F-02-1", 12, 2, {CIVIC, CRV, ELANTRA}},
    {"6015", "Radiator Hose, Upper", COOLING, "Gates", "Moulded, EPDM", 2675, 22, "F-02-2", 24, 2, {F150, SILVERADO}},
    {"6020", "Cooling Fan Assembly", COOLING, "TYC", "Two fans with shroud", 17350, 4, "F-03-1", 12, 6, {ALTIMA, ELANTRA}},

    {"7001", "Catalytic Converter", EXHAUST, "MagnaFlow", "Direct fit, EPA compliant", 68900, 3, "G-01-1", 60, 9, {CAMRY, CIVIC}},
    {"7005", "Muffler", EXHAUST, "Walker", "Stainless steel, rear", 18625, 7, "G-01-3", 24, 5, {F150, SILVERADO}},
    {"7010", "Exhaust Gasket Set", EXHAUST, "Fel-Pro", "Manifold and flange gaskets", 2240, 30, "G-02-1", 12, 2, {F150, SILVERADO, WRANGLER}},
    {"7015", "Exhaust Clamp", EXHAUST, "Walker", "2.5 inch band clamp, stainless", 1285, 60, "G-02-3", 12, 1, {{NULL, NULL, 0, 0}}},

    {"8001", "Engine Oil 0W-20, 5 qt", FLUIDS, "Mobil 1", "Fully synthetic, API SP, ILSAC GF-6A", 3499, 90, "H-01-1", 0, 1, {{NULL, NULL, 0, 0}}},
    {"8002", "Engine Oil 5W-30, 5 qt", FLUIDS, "Castrol", "Fully synthetic, API SP", 3299, 90, "H-01-2", 0, 1, {{NULL, NULL, 0, 0}}},
    {"8005", "Brake Fluid DOT 4, 1 l", FLUIDS, "ATE", "Wet boiling point 165 degrees Celsius", 1575, 48, "H-02-1", 0, 1, {{NULL, NULL, 0, 0}}},
    {"8010", "Coolant, 1 gal", FLUIDS, "Zerex", "Asian vehicles, premixed 50/50", 2450, 52, "H-02-2", 0, 1, {{NULL, NULL, 0, 0}}},
    {"8015", "Automatic Transmission Fluid, 1 qt", FLUIDS, "Aisin", "Low viscosity, multi-vehicle", 1125, 84, "H-03-1", 0, 1, {{NULL, NULL, 0, 0}}},
    {"8020", "Windshield Washer Fluid, 1 gal", FLUIDS, "Prestone", "Down to -25 degrees Fahrenheit", 549, 110, "H-03-2", 0, 1, {{NULL, NULL, 0, 0}}},
};
/* clang-format on */
const size_t parts_demo_count = SL_ARRAY_LENGTH(parts_demo);
