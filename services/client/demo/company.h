// The demonstration company as data: what is to be sent, in which order, as whom. Nothing here
// talks to a service.
#ifndef COMITY_CLIENT_DEMO_COMPANY_H_
#define COMITY_CLIENT_DEMO_COMPANY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "comity/gateway/v1/directory.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "services/client/profile.h"

namespace comity::client {

struct DemoOptions {
  uint64_t seed = 1;
  double scale = 1.0;  // of the numbers of records
  absl::Time now;      // a day's start: the history ends there and began a year before
};

// One request of a batch. Where a name is not known before the record exists, the text `@key` of
// that record's draft stands in its place.
struct Draft {
  std::string key;  // e.g. `lead-17`; unique in the company
  Identity as;
  std::unique_ptr<google::protobuf::Message> request;
};

// Drafts that one method takes, or its batch method; those of one identity are sent in order.
struct Phase {
  std::string label;
  std::string method;
  std::vector<Draft> drafts;
};

struct Colleague {
  gateway::v1::Person person;  // with name
  std::string department;      // `departments/sales`
  bool known = false;          // in config/directory.yaml: gets team, office and manager only
};

struct Company {
  std::vector<gateway::v1::Team> teams;
  std::vector<Colleague> people;
  std::vector<Phase> phases;
};

// The same options give the same company.
Company MakeCompany(const DemoOptions& options);

// The steward of each department, from config/directory.yaml.
Identity StewardOf(const std::string& department);

// Parts, each drawing from its own stream; later ones read what earlier ones made.
struct Draftsman;
void MakePeople(Draftsman* draftsman);
void MakeOffers(Draftsman* draftsman);    // products, campaigns
void MakeAccounts(Draftsman* draftsman);  // with contacts and relationships
void MakeAccountHistory(Draftsman* draftsman);
void MakeLeads(Draftsman* draftsman);
void MakeOpportunities(Draftsman* draftsman);
void MakeCases(Draftsman* draftsman);

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_COMPANY_H_
