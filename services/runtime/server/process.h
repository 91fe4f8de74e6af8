// One running service: everything that Serve() starts, without flags and signals.
#ifndef COMITY_RUNTIME_SERVER_PROCESS_H_
#define COMITY_RUNTIME_SERVER_PROCESS_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "services/runtime/server/options.h"
#include "services/runtime/server/serve.h"

namespace comity::server {

class Process {
 public:
  // Waits for the database at most `options.database_wait`, saying so; gives up at once when
  // `cancelled` says so. Errors: those of the files, PORT_UNAVAILABLE, POLICY_INVALID,
  // DATABASE_UNAVAILABLE, SCHEMA_TOO_OLD; CANCELLED.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const ServerOptions& options,
                                                        const ServerFacts& facts,
                                                        const std::function<bool()>& cancelled);
  virtual ~Process() = default;  // Stop()
  // Drains: NOT_SERVING, a short wait, no new calls, the calls under way, then the background
  // parts in reverse order.
  virtual void Stop() = 0;
  virtual int port() const = 0;          // of the mTLS port
  virtual int probe_port() const = 0;    // 0: none
  virtual int metrics_port() const = 0;  // 0: none
  virtual bool serving() const = 0;
  virtual const Parts& parts() const = 0;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_PROCESS_H_
