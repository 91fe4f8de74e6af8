// The parts of the workflow engine, put together for the gateway's process.
#ifndef COMITY_GATEWAY_WORKFLOW_MAKE_WORKFLOWS_H_
#define COMITY_GATEWAY_WORKFLOW_MAKE_WORKFLOWS_H_

#include <memory>
#include <string>
#include <vector>

#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/waiters.h"

namespace comity::gateway {

// Database connections that the engine uses beside those of calls.
inline constexpr int kWorkflowThreads = 16;
inline constexpr int kWorkflowConnections = kWorkflowThreads + 1;

class Workflows final : public server::Background {
 public:
  // `assertion_key`: file with the private key of the gateway's assertions, PEM.
  Workflows(const server::Parts& parts, std::vector<Definition> definitions,
            std::string assertion_key);
  // INVALID_ARGUMENT reasons FILE_UNREADABLE, KEY_INVALID.
  absl::Status Start() override;
  void Drain() override { waiters_.Drain(); }
  void Stop() override;

  Runner* runner() { return &runner_; }
  Waiters* waiters() { return &waiters_; }
  // Calls on behalf of persons, once it is started.
  StepCaller* caller() { return &caller_; }

 private:
  std::vector<std::string> EndedOf(const std::vector<std::string>& names) const;

  Runtime* const runtime_;
  const std::string assertion_key_;
  GrpcStepCaller caller_;
  Waiters waiters_;
  Runner runner_;
};

// By the flag --assertion_key.
std::unique_ptr<Workflows> MakeWorkflows(const server::Parts& parts,
                                         std::vector<Definition> definitions);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_MAKE_WORKFLOWS_H_
