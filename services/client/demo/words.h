// Names and words of the demonstration company. All persons and firms are invented; domains end in
// `.example`.
#ifndef COMITY_CLIENT_DEMO_WORDS_H_
#define COMITY_CLIENT_DEMO_WORDS_H_

#include <string>
#include <vector>

namespace comity::client {

struct Place {
  std::string city;
  std::string country;
  std::string currency;    // in which offers to it are written
  std::string legal_form;  // of its firms
  std::string team;        // of sales, that works there
};

struct Words {
  std::vector<std::string> firm_names;
  std::vector<std::string> firm_kinds;
  std::vector<std::string> sectors;
  std::vector<std::string> job_titles;
  std::vector<std::string> lead_sources;
  std::vector<std::string> channels;
  std::vector<std::string> case_titles;  // after a product's name
  std::vector<std::string> call_notes;
  std::vector<std::string> case_notes;
};
const Words& DemoWords();

const std::vector<std::string>& GivenNames();
const std::vector<std::string>& FamilyNames();
const std::vector<Place>& Places();

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_WORDS_H_
