#include "services/gateway/workflow/make_workflows.h"

#include <utility>

#include "absl/flags/flag.h"
#include "absl/time/clock.h"
#include "services/runtime/server/options.h"
#include "services/runtime/status/macros.h"

ABSL_FLAG(std::string, assertion_key, "",
          "file with the private key by which the gateway asserts on whose behalf a workflow acts");

namespace comity::gateway {

Workflows::Workflows(const server::Parts& parts, std::vector<Definition> definitions,
                     std::string assertion_key)
    : runtime_(parts.runtime),
      assertion_key_(std::move(assertion_key)),
      caller_([channels = parts.channels](const std::string& service) {
        return channels->To(service);
      }),
      waiters_([this](const std::vector<std::string>& names) { return EndedOf(names); }),
      runner_(parts.runtime, std::move(definitions), &caller_,
              {.threads = kWorkflowThreads,
               .ended = [this](const std::string& workflow) { waiters_.Notify(workflow); }}) {}

absl::Status Workflows::Start() {
  COMITY_ASSIGN_OR_RETURN(const std::string key, server::ReadFile(assertion_key_));
  COMITY_RETURN_IF_ERROR(caller_.SetKey(key));
  COMITY_RETURN_IF_ERROR(waiters_.Start());
  return runner_.Start();
}

void Workflows::Stop() {
  runner_.Stop();
  waiters_.Stop();
}

std::vector<std::string> Workflows::EndedOf(const std::vector<std::string>& names) const {
  Call call;
  call.runtime = runtime_;
  call.method = "workflow/wait";
  call.now = absl::Now();
  call.deadline = call.now + absl::Seconds(5);
  std::vector<std::string> ended;
  storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(ended, gateway::EndedOf(reader, names));
    return absl::OkStatus();
  }).IgnoreError();  // asked again
  return ended;
}

std::unique_ptr<Workflows> MakeWorkflows(const server::Parts& parts,
                                         std::vector<Definition> definitions) {
  return std::make_unique<Workflows>(parts, std::move(definitions),
                                     absl::GetFlag(FLAGS_assertion_key));
}

}  // namespace comity::gateway
