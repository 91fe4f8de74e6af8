#include "services/client/demo/words.h"

namespace comity::client {

const Words& DemoWords() {
  static const auto* words = new Words{
      .firm_names = {"Alder",    "Amber",     "Anchor",  "Arbor",    "Aurora",  "Basalt",  "Beacon",
                     "Birch",    "Bluewater", "Bridge",  "Cedar",    "Cobalt",  "Copper",  "Coral",
                     "Delta",    "Dune",      "Elm",     "Ember",    "Estuary", "Falcon",  "Fjord",
                     "Flint",    "Garnet",    "Glacier", "Granite",  "Harbour", "Hazel",   "Heron",
                     "Horizon",  "Indigo",    "Iris",    "Ivory",    "Juniper", "Kestrel", "Lagoon",
                     "Larch",    "Linden",    "Lupine",  "Magnolia", "Maple",   "Marble",  "Meadow",
                     "Meridian", "Nordic",    "Oak",     "Onyx",     "Opal",    "Orchid",  "Osprey",
                     "Pine",     "Quartz",    "Raven",   "Ridge",    "Rowan",   "Saffron", "Slate",
                     "Solstice", "Summit",    "Terra",   "Tidal",    "Umbra",   "Vela",    "Willow",
                     "Zephyr"},
      .firm_kinds = {"Works",    "Logistics", "Foods",       "Clinics",  "Energy",
                     "Textiles", "Media",     "Instruments", "Shipping", "Foundation",
                     "Retail",   "Motors",    "Software",    "Paper",    "Farms",
                     "Optics",   "Robotics",  "Pharma",      "Timber",   "Ceramics"},
      .sectors = {"manufacturing", "logistics", "retail", "medical", "energy", "media", "software",
                  "agriculture", "public", "education"},
      .job_titles = {"Purchasing manager", "Head of operations", "Managing director", "IT lead",
                     "Finance officer", "Project lead", "Office manager", "Plant manager",
                     "Head of quality", "Research lead"},
      .lead_sources = {"web-form", "trade-fair", "referral", "newsletter", "phone", "partner"},
      .channels = {"email", "web", "social", "trade-fair", "search", "mail"},
      .case_titles = {"does not start after the update", "invoice shows the wrong amount",
                      "delivery is incomplete", "report export ends with an error",
                      "password reset mail does not arrive", "a promised function is missing",
                      "connection drops every few minutes", "wrong contact on the contract",
                      "replacement part has not arrived", "data import takes hours",
                      "measures a tenth too low", "licence ended too early",
                      "housing arrived damaged", "screen stays dark in the cold",
                      "training was cancelled twice", "documentation contradicts itself"},
      .call_notes = {"Asked for an offer", "Wants to see a demonstration", "No budget this quarter",
                     "Will discuss it with the board", "Asked for references",
                     "Nobody answered, left a message", "Compares us with two others",
                     "Wants delivery before the summer", "Asked who does the installation",
                     "Needs a written answer for the auditors"},
      .case_notes = {"Called back and asked for details", "Sent a replacement",
                     "Reproduced it here", "Waits for a log file", "Asked the manufacturer",
                     "Agreed on a visit next week"}};
  return *words;
}

}  // namespace comity::client
