// What stands names nothing that was withdrawn: by the databases alone, whoever wrote them.
#ifndef COMITY_TESTS_FAULTS_CHECK_REFERENCES_H_
#define COMITY_TESTS_FAULTS_CHECK_REFERENCES_H_

#include <string>
#include <vector>

namespace comity::integration {

// Opportunities that stand though their account or contact was withdrawn.
std::vector<std::string> DanglingReferences();

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_CHECK_REFERENCES_H_
