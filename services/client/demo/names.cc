// Persons and places.
#include "services/client/demo/words.h"

namespace comity::client {

const std::vector<std::string>& GivenNames() {
  static const auto* names = new std::vector<std::string>{
      "Adaeze",   "Agnieszka", "Aiko",     "Alba",    "Amara",   "Amina",   "Anders", "Anneke",
      "Anton",    "Aylin",     "Beatriz",  "Bengt",   "Björn",   "Bruno",   "Carla",  "Catarina",
      "Célia",    "Chidi",     "Chiara",   "Clara",   "Dagny",   "Dario",   "Devon",  "Dilan",
      "Dorothée", "Edda",      "Efua",     "Elif",    "Émile",   "Emil",    "Esther", "Farah",
      "Fatou",    "Femi",      "Finn",     "Florian", "Gabriel", "Gero",    "Giulia", "Greta",
      "Hana",     "Haruto",    "Helmi",    "Henrik",  "Hugo",    "Ibrahim", "Ilse",   "Ines",
      "Ivana",    "Jakob",     "Jamila",   "João",    "José",    "Juno",    "Kaja",   "Kateřina",
      "Kenji",    "Kofi",      "Lars",     "Leila",   "Léon",    "Liv",     "Luca",   "Łukasz",
      "Maeve",    "Malin",     "Marek",    "Mareike", "Mateus",  "Mei",     "Mira",   "Nadia",
      "Naomi",    "Nils",      "Noor",     "Nuria",   "Olga",    "Omar",    "Oskar",  "Öykü",
      "Paula",    "Pavel",     "Pernille", "Priya",   "Quentin", "Rana",    "Rémy",   "Rosa",
      "Ruben",    "Sade",      "Samir",    "Selma",   "Signe",   "Søren",   "Svenja", "Tadeusz",
      "Tariq",    "Tessa",     "Thandi",   "Tomás",   "Umar",    "Ursula",  "Vera",   "Viggo",
      "Wanda",    "Wiktor",    "Xenia",    "Yara",    "Yuki",    "Yusuf",   "Zeynep", "Zofia",
      "Zoltán",   "Zuri"};
  return *names;
}

const std::vector<std::string>& FamilyNames() {
  static const auto* names = new std::vector<std::string>{
      "Abara",     "Achterberg", "Adeyemi",   "Albers",    "Álvarez",   "Andersen", "Asante",
      "Aydin",     "Bakker",     "Baptiste",  "Barbieri",  "Bergström", "Bianchi",  "Boateng",
      "Brandt",    "Castro",     "Çelik",     "Chen",      "Costa",     "Czerny",   "Dahl",
      "Delacroix", "Demir",      "Diallo",    "Dubois",    "Duarte",    "Eklund",   "Eriksen",
      "Esposito",  "Farkas",     "Ferreira",  "Fischer",   "Fontaine",  "Fraser",   "García",
      "Gruber",    "Haddad",     "Hansen",    "Hayashi",   "Hoffmann",  "Horváth",  "Huber",
      "Ibrahim",   "Ishikawa",   "Ivanov",    "Jansen",    "Jensen",    "Jiménez",  "Jovanović",
      "Kamau",     "Kaya",       "Keller",    "Kiplagat",  "Kowalski",  "Krüger",   "Lange",
      "Laurent",   "Leclerc",    "Lindqvist", "Lopes",     "Mackenzie", "Mancini",  "Marchetti",
      "Mbeki",     "Mensah",     "Meyer",     "Moreau",    "Mwangi",    "Nakamura", "Nguyen",
      "Novák",     "Nowak",      "Okafor",    "Olsen",     "Otieno",    "Öztürk",   "Pereira",
      "Petrov",    "Popescu",    "Quist",     "Rahman",    "Ricci",     "Rossi",    "Sato",
      "Schmid",    "Schröder",   "Silva",     "Smit",      "Sørensen",  "Svoboda",  "Szabó",
      "Takahashi", "Tanaka",     "Thorne",    "Traoré",    "Tremblay",  "Ulrich",   "van Dijk",
      "Vargas",    "Vogel",      "Wagner",    "Wójcik",    "Weber",     "Wolff",    "Yamada",
      "Yilmaz",    "Zając",      "Zimmer",    "Ziółkowska"};
  return *names;
}

const std::vector<Place>& Places() {
  static const auto* places =
      new std::vector<Place>{{"Hamburg", "Germany", "EUR", "GmbH", "sales-north"},
                             {"Leipzig", "Germany", "EUR", "GmbH", "sales-north"},
                             {"Utrecht", "Netherlands", "EUR", "B.V.", "sales-north"},
                             {"Antwerp", "Belgium", "EUR", "NV", "sales-north"},
                             {"Tampere", "Finland", "EUR", "Oy", "sales-north"},
                             {"Galway", "Ireland", "EUR", "Ltd", "sales-north"},
                             {"Lyon", "France", "EUR", "SAS", "sales-south"},
                             {"Nantes", "France", "EUR", "SAS", "sales-south"},
                             {"Turin", "Italy", "EUR", "S.p.A.", "sales-south"},
                             {"Porto", "Portugal", "EUR", "Lda", "sales-south"},
                             {"Valencia", "Spain", "EUR", "S.A.", "sales-south"},
                             {"Graz", "Austria", "EUR", "GmbH", "sales-south"},
                             {"Toronto", "Canada", "CAD", "Inc.", "sales-overseas"},
                             {"Montréal", "Canada", "CAD", "Inc.", "sales-overseas"},
                             {"Boston", "United States", "USD", "Inc.", "sales-overseas"},
                             {"Nairobi", "Kenya", "USD", "Ltd", "sales-overseas"},
                             {"Osaka", "Japan", "USD", "K.K.", "sales-overseas"}};
  return *places;
}

}  // namespace comity::client
