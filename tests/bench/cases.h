// What is measured: calls of the API, and the same SQL issued directly.
#ifndef COMITY_TESTS_BENCH_CASES_H_
#define COMITY_TESTS_BENCH_CASES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/runtime/storage/session.h"
#include "tests/bench/load.h"
#include "tests/bench/suite.h"

namespace comity::bench {

// Records to measure on, made through the API.
struct Data {
  std::vector<std::string> leads;
  std::string account;    // with contacts, opportunities and cases
  std::string page_1000;  // page token of ListLeads by lens and filter
};

// Fills the suite up to `leads` leads and `opportunities` opportunities; says how far it is.
absl::StatusOr<Data> Fill(const Suite& suite, int leads, int opportunities);

// API calls.
MakeCaller EmptyCall(const Suite& suite);
MakeCaller CreateLead(const Suite& suite);
MakeCaller GetLead(const Suite& suite, const Data& data);
MakeCaller ListLeads(const Suite& suite, const std::string& page_token);
MakeCaller Judge(const Suite& suite, const Data& data);
// The same where each judgement settles the question otherwise than it was.
MakeCaller JudgeAndSettle(const Suite& suite, const Data& data);
MakeCaller GetCustomer(const Suite& suite, const Data& data);
MakeCaller WinRate(const Suite& suite);
// Of a proposal by which another department decides about the outcome of all opportunities.
MakeCaller PreviewProposal(const Suite& suite);
// To its end: a conversion of a lead of a new firm; a signature and the onboarding that it starts;
// an offer of a lead and its acceptance; a signature and the credit statement that is drawn for it.
MakeCaller ConvertLead(const Suite& suite);
MakeCaller OnboardCustomer(const Suite& suite);
MakeCaller OfferAndAccept(const Suite& suite);
MakeCaller DrawCredit(const Suite& suite);

// The statements of the same work, with the same connector, durably, by prepared statements.
MakeCaller DirectCreateLead(const storage::DatabaseOptions& database);
MakeCaller DirectGetLead(const storage::DatabaseOptions& database, const Data& data);
MakeCaller DirectJudge(const storage::DatabaseOptions& database, const Data& data);
MakeCaller DirectListLeads(const storage::DatabaseOptions& database);

}  // namespace comity::bench

#endif  // COMITY_TESTS_BENCH_CASES_H_
