// The edge of a real server; see unary.h.
#ifndef COMITY_RUNTIME_SERVER_EDGE_H_
#define COMITY_RUNTIME_SERVER_EDGE_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/runtime/identity/token_cache.h"
#include "services/runtime/server/metrics.h"
#include "services/runtime/server/policy.h"
#include "services/runtime/server/stream_slots.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/server/worker_pool.h"

namespace comity::server {

struct EdgeOptions {
  int workers = 16;
  int queue_size = 1024;                 // calls that may wait for a worker
  size_t queue_bytes = 64 << 20;         // of their requests
  StreamLimits streams;                  // that may be open
  std::vector<std::string> collections;  // which the service owns
};

class ServerEdge final : public Edge {
 public:
  ServerEdge(EdgeOptions options, const Runtime* runtime, identity::TokenCache* tokens,
             Metrics* metrics);
  ~ServerEdge() override;

  // Once, before the first call.
  void SetPolicies(Policies policies);
  // Calls of persons are refused with NOT_READY before: the directory is not known yet.
  void SetReady() { ready_ = true; }
  // Refuses all further calls with DRAINING.
  void SetDraining() { draining_ = true; }
  // While it does not, further calls are refused with DATABASE_UNAVAILABLE, before they wait.
  void SetDatabaseAnswers(bool answers) { database_answers_ = answers; }
  // Finishes what was admitted and ends the workers.
  void Stop() { pool_.Stop(); }
  // Calls that wait for a worker.
  int queued() const { return pool_.queued(); }

  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const char* method,
                                const google::protobuf::Message* request, Handler handler) override;
  grpc::ServerUnaryReactor* RunLater(grpc::CallbackServerContext* context, const char* method,
                                     const google::protobuf::Message* request,
                                     LaterHandler handler) override;
  absl::StatusOr<std::unique_ptr<AdmittedStream>> Admit(
      grpc::CallbackServerContext* context, const char* method,
      const google::protobuf::Message* request) override;
  const Runtime& runtime() const override { return *runtime_; }

 private:
  struct Method {
    const MethodRule* rule;
    std::unique_ptr<MethodMetrics> metrics;
    // What its handler takes: a moving average, of calls that came to it.
    mutable std::atomic<double> seconds{0};

    absl::Duration cost() const { return absl::Seconds(seconds.load(std::memory_order_relaxed)); }
    void Took(absl::Duration time) const;
  };
  struct Work;
  class Stream;

  const Method* FindMethod(const char* name) const;  // null when it is none of the server's
  // What can be said before anything is checked: method, deadline, trace.
  Call BeginCall(const grpc::CallbackServerContext& context, const char* name,
                 const Method* method) const;
  // Whether calls are taken at all.
  absl::Status CheckOpen() const;
  grpc::ServerUnaryReactor* Take(const std::shared_ptr<Work>& work);
  void Execute(const std::shared_ptr<Work>& work);
  // What comes before the handler; then the handler, which ends the call itself where it is later.
  absl::Status Perform(const std::shared_ptr<Work>& work, bool* later);
  // Whether what has waited can still be done in time; if not, nothing is spent on it.
  absl::Status CheckInTime(const Work& work) const;
  // Everything before the handler.
  absl::Status Check(const grpc::CallbackServerContext& context, const Method* method,
                     const google::protobuf::Message& request, Call* call);
  absl::Status Identify(const grpc::CallbackServerContext& context, const MethodRule& rule,
                        Call* call);
  // Counts, answers and logs.
  void Conclude(Work* work, absl::Status status);

  const EdgeOptions options_;
  const Runtime* const runtime_;
  identity::TokenCache* const tokens_;
  Metrics* const metrics_;
  Policies policies_;
  absl::flat_hash_map<std::string, std::unique_ptr<const Method>> methods_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> draining_{false};
  std::atomic<bool> database_answers_{true};
  StreamSlots slots_;
  WorkerPool pool_;  // last: its threads use the rest
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_EDGE_H_
