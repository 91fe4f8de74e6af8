// What the parts of the generator share.
#ifndef COMITY_CLIENT_DEMO_DRAFTSMAN_H_
#define COMITY_CLIENT_DEMO_DRAFTSMAN_H_

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/client/demo/company.h"
#include "services/client/demo/random.h"
#include "services/client/demo/words.h"

namespace comity::client {

struct DemoAccount {
  std::string key;
  std::string display_name;
  Identity owner;
  const Place* place = nullptr;
  bool organization = true;
  std::vector<std::string> contacts;  // keys
};

struct DemoLead {
  std::string key;
  absl::Time captured;
  double quality = 0;                             // what it is really worth, which nobody knows
  const DemoAccount* account = nullptr;           // where its person works, if that is known
  absl::Time qualified = absl::InfiniteFuture();  // since when sales holds it so
};

struct DemoProduct {
  std::string key;
  std::string display_name;
  int64_t price = 0;  // whole euros
  bool membership = false;
};

struct Draftsman {
  DemoOptions options;
  Company company;
  std::map<std::string, std::vector<Identity>> members;  // by department id, e.g. `sales`
  std::map<std::string, std::vector<Identity>> teams;    // by team id, e.g. `sales-north`
  std::vector<DemoProduct> products;
  std::vector<std::string> campaigns;
  std::vector<DemoAccount> accounts;
  std::vector<DemoLead> leads;
  int64_t last_key = 0;

  const std::vector<Identity>& Colleagues(const Identity& one) {
    return members[std::string(absl::StripPrefix(one.department, "departments/"))];
  }
  int Count(int full) const { return std::max(1, static_cast<int>(full * options.scale)); }
  std::string source() const { return absl::StrCat("demo-", options.seed); }
  bool IsPast(absl::Time time) const { return time < options.now; }

  Phase* AddPhase(std::string label, std::string method) {
    company.phases.push_back({std::move(label), std::move(method), {}});
    return &company.phases.back();
  }
  // `lead-17/fact-1234`.
  std::string NextKey(const std::string& subject, const char* kind) {
    return absl::StrCat(subject, "/", kind, "-", ++last_key);
  }
};

inline void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  timestamp->set_seconds(absl::ToUnixSeconds(time));
}

inline google::type::Money ToMoney(const std::string& currency, int64_t units) {
  google::type::Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  return money;
}

inline std::string Ref(const std::string& key) { return "@" + key; }

// Someone of `all` other than `one`, if there is anyone.
inline const Identity& Other(Random& random, const std::vector<Identity>& all,
                             const Identity& one) {
  const int first = random.Below(static_cast<int>(all.size()));
  const Identity& found = all[first];
  return found.person != one.person ? found : all[(first + 1) % all.size()];
}

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

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_DRAFTSMAN_H_
