// What a running suite leaves behind: its logs, its metrics, its tables.
#ifndef COMITY_TESTS_SECURITY_EVIDENCE_H_
#define COMITY_TESTS_SECURITY_EVIDENCE_H_

#include <string>
#include <vector>

namespace comity::security {

// Everything that the suite's processes have logged.
std::string Logs();
// The answers of all five metrics ports.
std::string Metrics();
// The contents of tables of a service's database whose names are LIKE `pattern`.
std::string Tables(const std::string& service, const std::string& pattern);
// Runs SQL as the administrator of the suite's private MariaDB; what it prints.
std::string AdministerSql(const std::string& sql);

// The lines of `text` that hold `word`, in whatever case; some of them.
std::vector<std::string> LinesWith(const std::string& text, const std::string& word);

}  // namespace comity::security

#endif  // COMITY_TESTS_SECURITY_EVIDENCE_H_
