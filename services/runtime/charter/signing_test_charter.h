// For tests: a small charter whose departments can sign, and the next revision of it.
#ifndef COMITY_RUNTIME_CHARTER_SIGNING_TEST_CHARTER_H_
#define COMITY_RUNTIME_CHARTER_SIGNING_TEST_CHARTER_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/runtime/charter/signing_test_keys.h"

namespace comity::charter {

// Sales (stewards sam and ana) and marketing (mia) judge leads; management (max) decides after a
// deadlock of 14 days.
inline type::v1::Charter CharterWithKeys(int revision, TestKeys* keys) {
  type::v1::Charter document;
  document.set_revision(revision);
  for (const char* department : {"sales", "marketing", "management"}) {
    document.add_departments(absl::StrCat("departments/", department));
  }
  for (const char* who : {"sam@sales", "ana@sales", "mia@marketing", "max@management"}) {
    keys->Register(who, &document);
  }
  document.set_arbiter("departments/management");
  document.set_arbiter_term_days(14);
  auto& question = *document.add_questions();
  question.set_name("questions/quality");
  question.set_collection("leads");
  question.add_voices("departments/sales");
  question.add_voices("departments/marketing");
  question.set_decider("departments/sales");
  auto& answer = *question.add_answers();
  answer.set_id("disqualified");
  answer.set_criteria("No need is known.");
  answer.add_leaves_working_list_of("departments/sales");
  return document;
}

// The next revision after `base`, as sam of sales proposes it: other criteria, which touch sales
// and marketing.
inline v1::RevisionBody NextBody(const Base& base, const std::string& criteria) {
  const Charter& before = *base.charter;
  v1::RevisionBody body;
  body.set_proposal("charterProposals/p");
  body.set_base_revision(before.revision());
  body.set_base_digest(base.digest);
  *body.mutable_document() = before.document();
  body.mutable_document()->set_revision(before.revision() + 1);
  body.mutable_document()->mutable_questions(0)->mutable_answers(0)->set_criteria(criteria);
  body.set_author("persons/sam");
  body.set_author_department("departments/sales");
  return body;
}

inline v1::SignedRevision SignedBy(const std::vector<std::string>& signers,
                                   const v1::RevisionBody& body, TestKeys* keys) {
  v1::SignedRevision result;
  result.set_body(body.SerializeAsString());
  for (const std::string& who : signers) *result.add_signatures() = keys->Sign(who, result.body());
  return result;
}

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_SIGNING_TEST_CHARTER_H_
