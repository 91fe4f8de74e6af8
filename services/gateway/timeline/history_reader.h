// Reads the histories of records at the services that own them, by the reader's own rights.
#ifndef COMITY_GATEWAY_TIMELINE_HISTORY_READER_H_
#define COMITY_GATEWAY_TIMELINE_HISTORY_READER_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comity/account/v1/contact_service.grpc.pb.h"
#include "comity/account/v1/relationship_service.grpc.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/support/v1/case_service.grpc.pb.h"
#include "services/gateway/fan_out.h"
#include "services/gateway/timeline/parts.h"
#include "services/gateway/timeline/told.h"
#include "services/runtime/server/call.h"

namespace comity::gateway::timeline {

inline constexpr int kMostRecords = 25;    // of a collection
inline constexpr int kMostEntries = 2000;  // of a record

// The services whose records have timelines.
struct HistoryStubs {
  // The channel to a service; null when its address is not known.
  using ChannelTo = std::function<std::shared_ptr<grpc::Channel>(const std::string& service)>;
  explicit HistoryStubs(const ChannelTo& channel_to);

  std::map<std::string, std::unique_ptr<journal::v1::JournalService::Stub>> journals;  // by service
  std::unique_ptr<account::v1::ContactService::Stub> contacts;
  std::unique_ptr<account::v1::RelationshipService::Stub> relationships;
  std::unique_ptr<lead::v1::OpportunityService::Stub> opportunities;
  std::unique_ptr<support::v1::CaseService::Stub> cases;
};

class HistoryReader {
 public:
  // Entries that were recorded after `as_of` are left out.
  HistoryReader(const HistoryStubs& stubs, const Call& call, absl::Time as_of, Parts* parts)
      : stubs_(stubs), call_(call), as_of_(as_of), parts_(parts) {}

  // The records that belong to an account: contacts, relationships, opportunities, cases.
  std::vector<std::string> ListOfAccount(const std::string& account);
  // Reads their histories into `told`, each record once. The outcome for each that failed is kept.
  void Read(const std::vector<std::string>& subjects);
  // Why the history of that record was not read; OK where it was.
  absl::Status OutcomeOf(const std::string& subject) const;

  std::vector<Told>& told() { return told_; }
  // The records whose histories were read.
  const std::set<std::string>& subjects() const { return read_; }

 private:
  struct Page;
  using Pages = std::vector<std::unique_ptr<Page>>;

  void ReadPages(const Pages& pages);
  // Whether there is more to be read of that record.
  bool Take(Page* page);
  // What is left of the time is shared with those who are asked next.
  absl::Time PartDeadline() const;
  template <typename Records>
  void AddListed(const std::string& collection, const absl::Status& status, bool more,
                 const Records& records, std::vector<std::string>* names);

  const HistoryStubs& stubs_;
  const Call& call_;
  const absl::Time as_of_;
  Parts* const parts_;
  std::vector<Told> told_;
  std::set<std::string> asked_;
  std::set<std::string> read_;
  std::set<std::string> away_;  // services that did not answer, and are asked no more
  std::map<std::string, absl::Status> failed_;
};

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_HISTORY_READER_H_
