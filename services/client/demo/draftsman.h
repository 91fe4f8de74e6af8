// What the parts of the generator share.
#ifndef COMITY_CLIENT_DEMO_DRAFTSMAN_H_
#define COMITY_CLIENT_DEMO_DRAFTSMAN_H_

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/demo/company.h"
#include "services/client/demo/random.h"

namespace comity::client {

struct DemoAccount {
  std::string key;
  Identity owner;
  bool organization = true;
  std::vector<std::string> contacts;  // keys
};

struct DemoLead {
  std::string key;
  absl::Time captured;
  double quality = 0;  // what it is really worth, which nobody knows
};

struct DemoProduct {
  std::string key;
  int64_t price = 0;  // whole units
};

struct Draftsman {
  DemoOptions options;
  Company company;
  std::map<std::string, std::vector<Identity>> members;  // by department id, e.g. `sales`
  std::vector<DemoProduct> products;
  std::vector<std::string> campaigns;
  std::vector<DemoAccount> accounts;
  std::vector<DemoLead> leads;

  int Count(int full) const { return std::max(1, static_cast<int>(full * options.scale)); }
  std::string source() const { return absl::StrCat("demo-", options.seed); }
  bool IsPast(absl::Time time) const { return time < options.now; }

  Phase* AddPhase(std::string label, std::string method) {
    company.phases.push_back({std::move(label), std::move(method), {}});
    return &company.phases.back();
  }
};

inline void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  timestamp->set_seconds(absl::ToUnixSeconds(time));
}

inline google::type::Money Euro(int64_t units) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  return money;
}

inline std::string Ref(const std::string& key) { return "@" + key; }

// Adds a creation to `phase`; `part` is the request's record, e.g.
// &CreateLeadRequest::mutable_lead. The record has its external id and is to be filled.
template <typename Request, typename Record>
Record* AddCreate(const Draftsman& draftsman, Phase* phase, const std::string& key,
                  const Identity& as, Record* (Request::*part)()) {
  auto request = std::make_unique<Request>();
  Record* record = ((*request).*part)();
  record->mutable_external_id()->set_source(draftsman.source());
  record->mutable_external_id()->set_id(key);
  phase->drafts.push_back({key, as, std::move(request)});
  return record;
}

// Facts and judgements of one kind of subject, gathered while records are drafted.
class Happenings {
 public:
  explicit Happenings(Draftsman* draftsman) : draftsman_(draftsman) {}

  // Null where it would lie in the future.
  fact::v1::Fact* AddFact(const std::string& subject, const Identity& as, fact::v1::FactKind kind,
                          absl::Time when) {
    if (!draftsman_->IsPast(when)) return nullptr;
    auto request = std::make_unique<fact::v1::RecordFactRequest>();
    request->set_parent(Ref(subject));
    fact::v1::Fact* fact = request->mutable_fact();
    fact->set_kind(kind);
    SetTime(when, fact->mutable_occur_time());
    facts_.push_back({absl::StrCat(subject, "/fact-", facts_.size()), as, std::move(request)});
    return fact;
  }
  judgement::v1::Judgement* AddJudgement(const std::string& subject, const Identity& as,
                                         absl::string_view question, absl::string_view answer,
                                         absl::string_view reason, absl::Time when) {
    if (!draftsman_->IsPast(when)) return nullptr;
    auto request = std::make_unique<judgement::v1::JudgeRequest>();
    judgement::v1::Judgement* judgement = request->mutable_judgement();
    judgement->set_subject(Ref(subject));
    judgement->set_question(absl::StrCat("questions/", question));
    judgement->set_answer(std::string(answer));
    judgement->set_reason(std::string(reason));
    SetTime(when, judgement->mutable_occur_time());
    judgements_.push_back(
        {absl::StrCat(subject, "/judgement-", judgements_.size()), as, std::move(request)});
    return judgement;
  }
  // Appends them to the company, facts first: what was signed is not judged lost.
  void Finish(const std::string& what) {
    Phase* facts =
        draftsman_->AddPhase(what + " facts", "comity.fact.v1.FactService/BatchRecordFacts");
    facts->drafts = std::move(facts_);
    Phase* judgements = draftsman_->AddPhase(what + " judgements",
                                             "comity.judgement.v1.JudgementService/BatchJudge");
    judgements->drafts = std::move(judgements_);
  }

 private:
  Draftsman* const draftsman_;
  std::vector<Draft> facts_;
  std::vector<Draft> judgements_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_DRAFTSMAN_H_
