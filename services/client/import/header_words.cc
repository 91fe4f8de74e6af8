#include "services/client/import/header_words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/client/import/plan.h"
#include "services/runtime/resource/money.h"

namespace comity::client {
namespace {

// English, German, French, Spanish, Dutch, Italian, Portuguese; a line each where there are many.
constexpr absl::string_view kOrganization =
    "company organization organisation "
    "firma firmenname unternehmen "
    "societe entreprise raison_sociale "
    "empresa compania razon_social "
    "bedrijf bedrijfsnaam organisatie "
    "azienda ragione_sociale";
constexpr absl::string_view kCustomer = "customer kunde kundenname client cliente klant klantnaam";
constexpr absl::string_view kCustomerNumber = "kundennr kundennummer klantnr klantnummer";
constexpr absl::string_view kCreated =
    "created creation_date "
    "erfasst angelegt erstellt erstelldatum erstellungsdatum erfassungsdatum anlagedatum "
    "creation cree_le "
    "alta creado creacion "
    "aangemaakt aanmaakdatum "
    "creazione criado";
constexpr absl::string_view kDate = "date datum fecha data";
constexpr absl::string_view kPersons = "leads contacts";

constexpr Hint kHints[] = {
    {"email_address",
     "email e_mail mail mailadresse emailadresse courriel correo emailadres e_mailadres", ""},
    {"phone_number",
     "phone mobile telephone tel telefon telefonnummer handy rufnummer portable telefono movil "
     "telefoon telefoonnummer mobiel gsm cellulare telefone telemovel",
     ""},
    {"organization", kOrganization, ""},
    {"display_name", kOrganization, "accounts"},
    {"given_name", "first_name given_name vorname prenom voornaam", ""},
    {"given_name", "nombre nome", kPersons, true},
    {"family_name",
     "last_name family_name surname nachname familienname nom_de_famille apellido achternaam "
     "cognome sobrenome",
     ""},
    {"family_name", "name nom naam", kPersons, true},
    {"job_title", "job_title position funktion fonction puesto cargo functie", ""},
    {"domain", "domain website homepage webseite site_web sitio_web", ""},
    {"country", "country land pays pais paese", ""},
    {"city", "city ort stadt ville ciudad localidad poblacion plaats woonplaats citta cidade", ""},
    {"sector", "sector industry branche secteur settore setor", ""},
    {"title", "title subject betreff titel objet titre asunto titulo onderwerp oggetto", ""},
    {"source", "lead_source", ""},
    {"source", "origin herkunft quelle origine origen herkomst bron origem", ""},
    {"channel", "channel kanal canal kanaal canale", ""},
    {"owner",
     "owner agent verkaeufer vertriebsmitarbeiter sachbearbeiter bearbeiter betreuer vendeur "
     "vendedor verkoper "
     "accountmanager venditore",
     ""},
    {"account", "account", ""},
    {"account", kCustomerNumber, ""},
    {"account", kCustomer, ""},
    {"display_name", kCustomer, "accounts", true},
    {"amount",
     "amount close_value betrag summe auftragswert umsatz montant importe bedrag omzet orderwaarde "
     "importo valor",
     ""},
    {"list_price",
     "price preis listenpreis verkaufspreis prix precio prijs verkoopprijs prezzo preco", ""},
    {"series", "series serie", ""},
    {"capture_time", kCreated, ""},
    {"open_time", kCreated, ""},
    {"open_time", "open eroeffnet ouverture apertura geopend", ""},
    {"capture_time", "contact_date", ""},
    {"capture_time", kDate, "", true},
    {"open_time", kDate, "", true},
    {"display_name",
     "display_name bezeichnung artikelname produktname designation libelle productnaam "
     "denominazione",
     ""},
    {"display_name", "name nom nombre naam nome", ""},
};

// Beside the names of the kinds themselves.
struct KindWords {
  absl::string_view kind;
  absl::string_view words;
};
constexpr KindWords kKindWords[] = {
    {"accounts", kCustomer},
    {"accounts", kCustomerNumber},
    {"products", "produkt produit producto prodotto produto artikel article articulo"},
    {"cases", "ticket vorgang"},
    {"opportunities", "angebot devis oferta offerte offerta"},
    {"contacts", "ansprechpartner contactpersoon"},
};

std::vector<absl::string_view> Words(absl::string_view text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

bool HasAny(const std::string& snake, absl::string_view words, bool alone) {
  const auto list = Words(words);
  return std::any_of(list.begin(), list.end(), [&](absl::string_view word) {
    return alone ? snake == word : HasWord(snake, word);
  });
}

}  // namespace

absl::Span<const Hint> Hints() { return kHints; }

bool PointsAt(const Hint& hint, const std::string& snake, const Collection& collection) {
  const auto kinds = Words(hint.kinds);
  const bool is_there =
      kinds.empty() || std::find(kinds.begin(), kinds.end(), collection.plural) != kinds.end();
  return is_there && HasAny(snake, hint.words, hint.alone);
}

int WordsOfKind(const std::string& snake, const Collection& collection) {
  int words = HasWord(snake, collection.singular) ? 1 : 0;
  for (const KindWords& of_kind : kKindWords) {
    if (of_kind.kind == collection.plural && HasAny(snake, of_kind.words, false)) ++words;
  }
  return words;
}

std::string Snake(absl::string_view name) {
  std::string snake;
  for (const char c : WithoutMarks(name)) {
    if (absl::ascii_isalnum(c)) {
      snake.push_back(absl::ascii_tolower(c));
    } else if (!snake.empty() && snake.back() != '_') {
      snake.push_back('_');
    }
  }
  while (!snake.empty() && snake.back() == '_') snake.pop_back();
  return snake.empty() ? "column" : snake;
}

bool HasWord(absl::string_view snake, absl::string_view word) {
  for (size_t at = snake.find(word); at != absl::string_view::npos; at = snake.find(word, at + 1)) {
    if (at > 0 && snake[at - 1] != '_') continue;
    absl::string_view rest = snake.substr(at + word.size());
    if (absl::StartsWith(rest, "s")) rest.remove_prefix(1);
    if (rest.empty() || rest.front() == '_') return true;
  }
  return false;
}

std::string CurrencyOf(absl::string_view name) {
  if (absl::StrContains(name, "€")) return "EUR";
  if (absl::StrContains(name, "£")) return "GBP";
  for (const absl::string_view word :
       absl::StrSplit(name, absl::ByAnyChar(" ()[]/,_-"), absl::SkipEmpty())) {
    if (word.size() == 3 && resource::MinorDigits(word) >= 0) return std::string(word);
  }
  return "";
}

}  // namespace comity::client
