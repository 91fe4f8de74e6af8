#include "services/client/demo/words.h"

namespace comity::client {

const Words& DemoWords() {
  static const auto* words = new Words{
      .given_names = {"Amina",  "Anton", "Beatriz", "Bruno", "Carla",  "Chidi", "Clara",   "Dario",
                      "Dilan",  "Edda",  "Elif",    "Emil",  "Farah",  "Finn",  "Greta",   "Hana",
                      "Henrik", "Ines",  "Ivana",   "Jakob", "Jamila", "Joao",  "Kaja",    "Kenji",
                      "Lars",   "Leila", "Luca",    "Malin", "Marek",  "Mira",  "Nadia",   "Nils",
                      "Noor",   "Olga",  "Oskar",   "Paula", "Pavel",  "Priya", "Quentin", "Rana",
                      "Rosa",   "Samir", "Selma",   "Tariq", "Tessa",  "Umar",  "Vera",    "Wanda",
                      "Yara",   "Zoltan"},
      .family_names = {"Abara",   "Albers",    "Andersen", "Bakker",   "Baptiste", "Bianchi",
                       "Castro",  "Celik",     "Dahl",     "Duarte",   "Eriksen",  "Farkas",
                       "Fischer", "Garcia",    "Haddad",   "Hoffmann", "Ibrahim",  "Ivanov",
                       "Jansen",  "Jovanovic", "Kaya",     "Keller",   "Kowalski", "Lange",
                       "Laurent", "Lindqvist", "Mancini",  "Mbeki",    "Meyer",    "Nakamura",
                       "Novak",   "Okafor",    "Olsen",    "Pereira",  "Petrov",   "Quist",
                       "Rahman",  "Rossi",     "Sato",     "Schmid",   "Silva",    "Sorensen",
                       "Tanaka",  "Thorne",    "Ulrich",   "Vargas",   "Vogel",    "Weber",
                       "Yilmaz",  "Zimmer"},
      .firm_names = {"Alder",   "Amber",     "Anchor",  "Arbor",   "Aurora", "Basalt", "Beacon",
                     "Birch",   "Bluewater", "Bridge",  "Cedar",   "Cobalt", "Copper", "Coral",
                     "Delta",   "Dune",      "Ember",   "Fjord",   "Flint",  "Garnet", "Granite",
                     "Harbour", "Hazel",     "Heron",   "Horizon", "Indigo", "Iris",   "Juniper",
                     "Kestrel", "Lagoon",    "Larch",   "Linden",  "Maple",  "Marble", "Meadow",
                     "Nordic",  "Oak",       "Onyx",    "Opal",    "Orchid", "Pine",   "Quartz",
                     "Raven",   "Ridge",     "Saffron", "Slate",   "Summit", "Tidal",  "Willow",
                     "Zephyr"},
      .firm_kinds = {"Works", "Logistics", "Foods", "Clinics", "Energy", "Textiles", "Media",
                     "Instruments", "Shipping", "Foundation", "Retail", "Motors", "Software",
                     "Paper", "Farms"},
      .sectors = {"manufacturing", "logistics", "retail", "medical", "energy", "media", "software",
                  "agriculture", "non-profit", "public"},
      .cities = {"Hamburg", "Lyon", "Turin", "Porto", "Gdansk", "Utrecht", "Aarhus", "Graz",
                 "Toronto", "Nairobi", "Osaka", "Izmir"},
      .countries = {"Germany", "France", "Italy", "Portugal", "Poland", "Netherlands", "Denmark",
                    "Austria", "Canada", "Kenya", "Japan", "Turkey"},
      .offices = {"Hamburg", "Lyon", "Toronto"},
      .job_titles = {"Purchasing manager", "Head of operations", "Managing director", "IT lead",
                     "Finance officer", "Project lead", "Office manager"},
      .lead_sources = {"web-form", "trade-fair", "referral", "newsletter", "phone", "partner"},
      .channels = {"email", "web", "social", "trade-fair", "search", "mail"},
      .case_titles = {"Device does not start after the update", "Invoice shows the wrong amount",
                      "Delivery is incomplete", "Report export ends with an error",
                      "Password reset mail does not arrive", "Promised function is missing",
                      "Connection drops every few minutes", "Wrong contact on the contract",
                      "Replacement part has not arrived", "Data import takes hours"},
      .call_notes = {"Asked for an offer", "Wants to see a demonstration", "No budget this quarter",
                     "Will discuss it with the board", "Asked for references",
                     "Nobody answered, left a message", "Compares us with two others"}};
  return *words;
}

}  // namespace comity::client
