// A change of owner that decides from now on.
#ifndef COMITY_RUNTIME_WORKFLOW_CHANGE_OWNER_H_
#define COMITY_RUNTIME_WORKFLOW_CHANGE_OWNER_H_

#include <string>

#include "services/runtime/fact/open_subject.h"

namespace comity::workflow {

// Records the fact OWNER_CHANGED. Where one that stands lies ahead of this clock, because clocks
// differ, the new one comes after it: the latest decides. Errors: those of fact::Record.
absl::Status ChangeOwner(fact::OpenSubject& subject, const std::string& owner,
                         const std::string& reason);

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_CHANGE_OWNER_H_
