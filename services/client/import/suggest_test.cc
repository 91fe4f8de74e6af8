#include "services/client/import/suggest.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/import/map.h"
#include "services/client/import/plan.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::HasSubstr;

class Rows final : public RowReader {
 public:
  Rows(std::vector<std::string> header, std::vector<std::vector<std::string>> rows)
      : header_(std::move(header)), rows_(std::move(rows)) {}
  const std::vector<std::string>& header() const override { return header_; }
  absl::StatusOr<bool> Next(Row* row) override {
    if (next_ == rows_.size()) return false;
    *row = {static_cast<int64_t>(next_) + 2, rows_[next_], ""};
    ++next_;
    return true;
  }
  int64_t bytes_read() const override { return 0; }

 private:
  const std::vector<std::string> header_;
  const std::vector<std::vector<std::string>> rows_;
  size_t next_ = 0;
};

// The map, which must be one that reads the file.
std::string Suggest(const std::vector<std::string>& header,
                    std::vector<std::vector<std::string>> rows, const std::string& kind = "") {
  Rows reader(header, std::move(rows));
  const auto sample = SampleRows(&reader);
  EXPECT_TRUE(sample.ok());
  const auto yaml = SuggestMap(*sample, kind, "shop");
  EXPECT_TRUE(yaml.ok()) << yaml.status();
  const auto map = ParseMap(*yaml, "m.yaml");
  EXPECT_TRUE(map.ok()) << map.status() << "\n" << *yaml;
  if (map.ok()) {
    EXPECT_TRUE(Planner::Make(&*map, header).ok()) << *yaml;
  }
  return *yaml;
}

TEST(SuggestTest, MapsWhatItKnowsAndKeepsTheRest) {
  const std::string map = Suggest({"Lead Number", "E-mail", "First Name", "Colour: dark?", "#5"},
                                  {{"1", "a@b", "Ana", "red", ""},
                                   {"2", "c@d", "Select", "blue", ""},
                                   {"3", "", "Bo", "red", ""}});
  EXPECT_THAT(map, HasSubstr("kind: leads"));
  EXPECT_THAT(map, HasSubstr("identity: \"Lead Number\""));
  EXPECT_THAT(map, HasSubstr("blank: [\"Select\"]"));
  EXPECT_THAT(map, HasSubstr("email_address: \"E-mail\""));
  EXPECT_THAT(map, HasSubstr("given_name: \"First Name\""));
  EXPECT_THAT(map, HasSubstr("attributes.colour_dark: \"Colour: dark?\"  # blue, red"));
}

TEST(SuggestTest, SaysWhatItDoubts) {
  const std::string map = Suggest({"deal", "amount", "agent"},
                                  {{"a", "10.5", "Ana"}, {"a", "10.5", "Ana"}}, "opportunities");
  EXPECT_THAT(map, HasSubstr("# ? no column tells the rows apart"));
  EXPECT_THAT(map, HasSubstr("amount: {column: \"amount\", currency: USD}  # ?"));
  EXPECT_THAT(map, HasSubstr("owner: {column: \"agent\", name: persons}"));
}

TEST(SuggestTest, ReadsAEuropeanFile) {
  const std::string map = Suggest(
      {"Kundennr", "Firma", "Branche", "Ort", "Umsatz (EUR)", "Erfasst am", "Verkäufer", "Straße"},
      {{"1", "Müller GmbH", "Handel", "Köln", "1.234,50", "03.11.2025", "Ana", "Ring 1"},
       {"2", "Beta AG", "Bau", "Ulm", "12.000,00", "24.11.2025", "Bo", "Ring 2"},
       {"3", "Gamma", "Bau", "Ulm", "980", "25.11.2025", "Bo", "Ring 3"}});
  EXPECT_THAT(map, HasSubstr("kind: accounts"));
  EXPECT_THAT(map, HasSubstr("decimal: \",\"  # as in \"Umsatz (EUR)\""));
  EXPECT_THAT(map, HasSubstr("  display_name: \"Firma\""));
  EXPECT_THAT(map, HasSubstr("  sector: \"Branche\""));
  EXPECT_THAT(map, HasSubstr("  city: \"Ort\""));
  EXPECT_THAT(map, HasSubstr("  owner: {column: \"Verkäufer\", name: persons}"));
  EXPECT_THAT(map, HasSubstr("  attributes.strasse: \"Straße\""));
}

TEST(SuggestTest, KnowsHeadersOfOtherLanguages) {
  const std::string french =
      Suggest({"Réf", "Prénom", "Nom", "Société", "Téléphone", "Courriel", "Date de création"},
              {{"1", "Zoé", "Petit", "Alpha", "+33 1", "z@a.fr", "2025-11-24"}}, "leads");
  for (const char* line : {"given_name: \"Prénom\"", "family_name: \"Nom\"",
                           "organization: \"Société\"", "phone_number: \"Téléphone\"",
                           "email_address: \"Courriel\"", "capture_time: \"Date de création\""}) {
    EXPECT_THAT(french, HasSubstr(line));
  }
  const std::string spanish =
      Suggest({"Nº", "Nombre", "Cliente", "Importe (€)", "Fecha"},
              {{"1", "Sillas", "Beta", "1.200,5", "2025-11-24"}}, "opportunities");
  for (const char* line :
       {"display_name: \"Nombre\"", "account: {column: \"Cliente\"", "decimal: \",\"",
        "amount: {column: \"Importe (€)\", currency: EUR}", "open_time: \"Fecha\""}) {
    EXPECT_THAT(spanish, HasSubstr(line));
  }
}

TEST(SuggestTest, KnowsDutchHeaders) {
  const std::string map = Suggest({"Klantnr", "Bedrijfsnaam", "Plaats", "Land", "Branche", "Omzet"},
                                  {{"K1", "Fiets BV", "Utrecht", "NL", "handel", "€ 1.234,50"}});
  for (const char* line : {"kind: accounts", "identity: \"Klantnr\"", "decimal: \",\"",
                           "display_name: \"Bedrijfsnaam\"", "city: \"Plaats\"",
                           "country: \"Land\"", "sector: \"Branche\""}) {
    EXPECT_THAT(map, HasSubstr(line));
  }
  const std::string contacts =
      Suggest({"Nr", "Voornaam", "Achternaam", "E-mailadres", "Telefoonnummer", "Klantnummer"},
              {{"1", "Jan", "de Vries", "j@f.nl", "030 1", "K1"}});
  for (const char* line :
       {"kind: contacts", "given_name: \"Voornaam\"", "family_name: \"Achternaam\"",
        "email_address: \"E-mailadres\"", "phone_number: \"Telefoonnummer\"",
        "account: {column: \"Klantnummer\""}) {
    EXPECT_THAT(contacts, HasSubstr(line));
  }
}

TEST(SuggestTest, TheNameOfSomethingIsNotAPersons) {
  const std::string map = Suggest({"no", "Campaign name", "Nom de la société", "Nom", "Prénom"},
                                  {{"1", "Fair", "Alpha", "Petit", "Zoé"}}, "leads");
  EXPECT_THAT(map, HasSubstr("attributes.campaign_name: \"Campaign name\""));
  EXPECT_THAT(map, HasSubstr("organization: \"Nom de la société\""));
  EXPECT_THAT(map, HasSubstr("family_name: \"Nom\""));
  EXPECT_THAT(map, HasSubstr("given_name: \"Prénom\""));
}

TEST(SuggestTest, ABareNameTellsOfNoPerson) {
  const std::string map =
      Suggest({"id", "name", "addr", "city", "phone"}, {{"1", "Spago", "Sunset 8", "LA", "310"}});
  EXPECT_THAT(map, HasSubstr("kind: accounts"));
  EXPECT_THAT(map, HasSubstr("display_name: \"name\""));
}

TEST(SuggestTest, TheStrongerNameGetsTheField) {
  const std::string map = Suggest({"Nr", "Datum", "Erstellt am", "Betreff"},
                                  {{"1", "01.02.2026", "24.11.2025", "Leck"}}, "cases");
  EXPECT_THAT(map, HasSubstr("open_time: \"Erstellt am\""));
  EXPECT_THAT(map, HasSubstr("attributes.datum: \"Datum\""));
}

TEST(SuggestTest, ACurrencyIsTakenFromTheCells) {
  const auto suggested = [](std::vector<std::vector<std::string>> rows) {
    return Suggest({"no", "Betrag"}, std::move(rows), "opportunities");
  };
  EXPECT_THAT(suggested({{"1", "1.234,50 €"}, {"2", "12,00"}}),
              HasSubstr("amount: {column: \"Betrag\", currency: EUR}\n"));
  EXPECT_THAT(suggested({{"1", "1.234,50"}, {"2", "12,00"}}),
              HasSubstr("currency: EUR}  # ? which currency"));
  EXPECT_THAT(suggested({{"1", "1.234,50 CHF"}, {"2", "€ 12,00"}}),
              HasSubstr("amount: {column: \"Betrag\", currency: \"*\"}\n"));
}

TEST(SuggestTest, ADateThatIsTwoIsADoubt) {
  const auto suggested = [](const std::string& date, const std::string& amount) {
    return Suggest({"no", "Datum", "Betrag"}, {{"a", date, amount}}, "opportunities");
  };
  const std::string either = "# ? day-month-year or month-day-year";
  EXPECT_THAT(suggested("03.11.2025", "5"),
              HasSubstr("open_time: {column: \"Datum\", format: \"%d.%m.%Y\"}  " + either + "\n"));
  EXPECT_THAT(suggested("03/11/2025 14:05", "5,50"),
              HasSubstr("{column: \"Datum\", format: \"%d/%m/%Y %H:%M\"}  " + either + "\n"));
  EXPECT_THAT(suggested("03/11/2025", "5.50"),
              HasSubstr("open_time: {column: \"Datum\"}  " + either + ": name the `format`\n"));
  EXPECT_THAT(suggested("24.11.25", "5"), HasSubstr("format: \"%d.%m.%y\"}  # ? year-month-day or "
                                                    "day-month-year\n"));
  EXPECT_THAT(suggested("24/11/2025", "5.50"), HasSubstr("open_time: \"Datum\"  # dates"));
}

TEST(SuggestTest, ADateAmongOthersIsNotTakenForTheFirst) {
  EXPECT_THAT(Suggest({"no", "Close date"}, {{"1", "2025-11-24"}}, "opportunities"),
              HasSubstr("attributes.close_date: \"Close date\""));
}

TEST(SuggestTest, SaysWhatNoColumnHolds) {
  EXPECT_THAT(
      Suggest({"no", "colour"}, {{"1", "red"}}, "accounts"),
      HasSubstr("display_name: \"no\"  # ? it is needed, and no column is known to hold it"));
  EXPECT_THAT(Suggest({"no", "name"}, {{"1", "red"}}, "opportunities"),
              HasSubstr("# ? amount: no column is known to hold it"));
}

TEST(SuggestTest, ANumberThatIsTwoIsADoubt) {
  const auto suggested = [](std::vector<std::vector<std::string>> rows) {
    return Suggest({"no", "amount"}, std::move(rows), "opportunities");
  };
  EXPECT_THAT(suggested({{"1", "1.000"}, {"2", "2.000"}}), HasSubstr("# ? decimal:"));
  EXPECT_THAT(suggested({{"1", "1,000.5"}, {"2", "2"}}), HasSubstr("decimal: \".\""));
  EXPECT_THAT(suggested({{"1", "1000.5"}, {"2", "2"}}), ::testing::Not(HasSubstr("decimal")));
}

TEST(SuggestTest, AnyTableHasAMap) {
  Suggest({"id"}, {{"1"}, {"2"}});
  Suggest({"id", std::string(2000, 'x'), std::string(2000, 'x') + "y"}, {{"1", "a", "b"}});
}

TEST(SuggestTest, CasesHaveATitle) {
  EXPECT_THAT(Suggest({"no", "status"}, {{"1", "open"}}, "cases"), HasSubstr("title: \"no\""));
}

TEST(SuggestTest, NamesOfColumnsDoNotSteerTheTerminal) {
  const std::string name = "a\x1b[31m\x7f\xC2\x9B\xE2\x80\xAEz";
  const std::string map = Suggest({"id", name}, {{"1", "red"}}, "leads");
  EXPECT_THAT(map, HasSubstr(R"("a\u001b[31m\u007f\u009b\u202ez")"));
  for (const char* mark : {"\x1b", "\x7f", "\xC2\x9B", "\xE2\x80\xAE"}) {
    EXPECT_THAT(map, ::testing::Not(HasSubstr(mark)));
  }
}

TEST(SuggestTest, RefusesWhatItCannotSuggest) {
  EXPECT_EQ(Reason(SuggestMap({{{"a"}}, 0, {}}, "persons", "x").status()), "USAGE");
}

TEST(SuggestTest, OfLongCellsLittleIsKept) {
  const std::string text(500'000, 'x');
  Rows reader({"id", "text", "other"}, {{"1", text + "a", text}, {"2", text + "b", text}});
  const auto sample = SampleRows(&reader);
  ASSERT_TRUE(sample.ok());
  EXPECT_TRUE(sample->columns[1].unique);
  EXPECT_FALSE(sample->columns[2].unique);
  for (const ColumnSample& column : sample->columns) {
    for (const auto& [cell, count] : column.cells) EXPECT_LE(cell.size(), 256u);
  }
}

}  // namespace
}  // namespace comity::client
