// A record in every collection, and a sound request of every method, made from the descriptors.
#ifndef COMITY_TESTS_SECURITY_WORLD_H_
#define COMITY_TESTS_SECURITY_WORLD_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "comity/charter/v1/revision.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "tests/security/api.h"

namespace comity::security {

// Somebody who calls, as the directory says.
struct Caller {
  std::string as;          // `ana@sales`; empty: without a token
  std::string department;  // `departments/sales`
  std::set<int> roles;     // none: a stranger

  bool has(type::v1::Role role) const { return roles.contains(role); }
};

// A request, and what it is about.
struct Probe {
  std::unique_ptr<Message> request;
  std::string collection;  // of the record that it names or makes; empty: none
  std::string department;  // whose the record is, where that decides (directory, judgements)
  std::string kind;        // of the fact that is recorded or comes along, as in the access table
  std::string question;    // that is judged, also along with a record; empty: any of the collection
};

// Sales' move of what one person owns to another: a workflow that can be stopped.
gateway::v1::MoveOwnerRequest MoveOfSales();

class World {
 public:
  // Makes the records, once.
  static const World& Get() { return *Own(); }

  const type::v1::Charter& charter() const { return charter_; }
  // Every person in each of his departments, a stranger, one in a wrong department, and nobody.
  const std::vector<Caller>& callers() const { return callers_; }
  const Caller& caller(const std::string& as) const;
  // The collections of a service; of all of them with the empty name.
  std::vector<std::string> CollectionsOf(const std::string& service) const;
  // An existing record.
  const std::string& NameIn(const std::string& collection) const;

  // One sound request for each kind of record that the method can be about. A write is only tried
  // (`validate_only`). `as`: for whom names, questions and departments are chosen. Fails the test
  // where the method cannot be served.
  std::vector<Probe> ProbesOf(const Endpoint& endpoint, const Caller& as) const;
  Probe FirstProbeOf(const Endpoint& endpoint, const Caller& as) const;
  // Judges anew, so that its judgements stand again: after a test that judged, too.
  static void Renew();
  // Offers anew, so that there is a handover to be answered, and a lead to be offered: after one
  // was.
  static void RenewHandovers();
  // Disputes anew, one for each method: after one was used.
  static void RenewDisputes();
  // A record more in each collection, by people of two departments where two may make one.
  void MakeMore() const;
  // The same request for a record that does not exist; null where it names none.
  std::unique_ptr<Message> Absent(const Probe& probe) const;
  // A sound message of any type; `about`: the collection of the subject.
  void Fill(Message* message, const Caller& as, const std::string& about) const;

 private:
  World();
  static World* Own();
  void ReadCallers();
  void MakeRecords();
  absl::Status MakeRecord(const Endpoint& endpoint, const std::string& collection);
  void MakeWorkflow();
  void MakeHandover();
  void MakeDelegation();
  void MakeCreditStatement();
  void MakeDisputes();
  std::string MakeDisputed(std::string* lead) const;
  std::string MakeDispute(std::string* lead) const;
  void NameTouch(Message* item) const;
  void NameDispute(const Endpoint& endpoint, Message* item) const;
  void AwaitIntake();
  void MakeFactsAndJudgements();
  bool CanFill(const google::protobuf::Descriptor& type) const;
  void FillField(Message* message, const google::protobuf::FieldDescriptor* field, const Caller& as,
                 const std::string& about) const;
  void FillText(Message* message, const google::protobuf::FieldDescriptor* field, const Caller& as,
                const std::string& about) const;
  bool FillKnown(Message* message, const Caller& as, const std::string& about) const;
  void FillOffer(gateway::v1::OfferHandoverRequest* offer) const;
  charter::v1::Signature SignatureBy(const Caller& as) const;
  // What sam of sales signs for kDelegate, and that person by the one that is taken in.
  charter::v1::SignedDelegation NewDelegation() const;
  charter::v1::Signature SignatureAsDelegate() const;
  std::vector<std::string> CollectionsFor(const Endpoint& endpoint) const;
  Probe ProbeOf(const Endpoint& endpoint, const Caller& as, const std::string& collection) const;
  // The same request with a fact, or a judgement, that comes along with its record.
  Probe WithFact(Probe probe, const Caller& as) const;
  Probe WithJudgement(Probe probe, const Caller& as) const;
  void Describe(const Message& item, Probe* probe) const;
  const type::v1::Question* QuestionFor(const std::string& department,
                                        const std::string& collection) const;

  type::v1::Charter charter_;
  std::vector<Caller> callers_;
  charter::v1::SignedDelegation delegation_;
  // Collection → name; `offered` and `to be offered`: marketing's leads; `to be disputed`: a
  // judgement of sales; `late touches`: a call about the opportunity of the credit statement; `to
  // be decided` and the like: disputes.
  std::map<std::string, std::string> records_;
  std::map<std::string, std::string> facts_;       // collection → name of a note
  std::map<std::string, std::string> judgements_;  // collection → name of a judgement
  std::map<std::string, std::string> judged_by_;   // judgement → department
};

}  // namespace comity::security

#endif  // COMITY_TESTS_SECURITY_WORLD_H_
