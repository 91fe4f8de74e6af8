// One call, as handlers, rules and stores see it: who calls, until when, under which charter. No
// gRPC.
#ifndef COMITY_RUNTIME_SERVER_CALL_H_
#define COMITY_RUNTIME_SERVER_CALL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "comity/type/v1/policy.pb.h"
#include "comity/type/v1/resource.pb.h"
#include "services/runtime/charter/book.h"
#include "services/runtime/directory/directory.h"

namespace comity::storage {
class Pool;
}
namespace comity::journal {
class Wakeup;
}

namespace comity {

// Who calls, as verified: never from the message.
struct Principal {
  std::string workload;               // path of the SPIFFE id, e.g. `client/cli`, `service/gateway`
  std::string person;                 // `persons/ana`; empty: the workload acts by itself
  std::string department;             // `departments/sales`; empty with an empty person
  std::vector<type::v1::Role> roles;  // of the person in that department
  absl::Time expires = absl::InfiniteFuture();  // of the token
  bool on_behalf = false;                       // a workflow acts for him; he does not himself
  bool HasRole(type::v1::Role role) const;
};

// What every call of a process shares. Lives as long as the server.
struct Runtime {
  storage::Pool* pool = nullptr;
  const directory::Directory* directory = nullptr;
  std::shared_ptr<charter::Book> charters;
  // From when its entry is recorded until a revision is in force: longer than any service that
  // serves may be behind the gateway's journal (directory.h), twice over, and the difference of two
  // clocks.
  absl::Duration charter_notice = absl::Minutes(2);
  std::string page_token_key;            // HMAC key of page tokens
  journal::Wakeup* sequencer = nullptr;  // notified after a commit with entries; may be null
  std::string service;                   // `lead`
};

// One call. Made by the edge; tests make their own (testlib/call.h).
struct Call {
  const Runtime* runtime = nullptr;
  std::string method;  // `comity.lead.v1.LeadService/CreateLead`
  Principal principal;
  absl::Time now;  // when the call was admitted: the record time of what it does
  absl::Time deadline;
  std::string traceparent;    // W3C, to be passed on
  std::string tracestate;     // W3C, to be passed on; may be empty
  std::string authorization;  // the bearer header as received, passed on by the gateway only

  // The charter that was in force when the call was admitted.
  const charter::Charter& charter() const { return runtime->charters->At(now); }
  // The actor to be recorded.
  type::v1::Actor actor() const;
};

}  // namespace comity

#endif  // COMITY_RUNTIME_SERVER_CALL_H_
