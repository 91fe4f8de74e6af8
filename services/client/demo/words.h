// Names and words of the demonstration company. All persons and firms are invented; domains end in
// `.example`.
#ifndef COMITY_CLIENT_DEMO_WORDS_H_
#define COMITY_CLIENT_DEMO_WORDS_H_

#include <string>
#include <vector>

namespace comity::client {

struct Words {
  std::vector<std::string> given_names;
  std::vector<std::string> family_names;
  std::vector<std::string> firm_names;
  std::vector<std::string> firm_kinds;
  std::vector<std::string> sectors;
  std::vector<std::string> cities;
  std::vector<std::string> countries;
  std::vector<std::string> offices;
  std::vector<std::string> job_titles;
  std::vector<std::string> lead_sources;
  std::vector<std::string> channels;
  std::vector<std::string> case_titles;
  std::vector<std::string> call_notes;
};
const Words& DemoWords();

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_WORDS_H_
