// Prometheus metrics of a server.
#ifndef COMITY_RUNTIME_SERVER_METRICS_H_
#define COMITY_RUNTIME_SERVER_METRICS_H_

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace comity::server {

// The metrics of one method. Thread-safe.
class MethodMetrics {
 public:
  MethodMetrics(std::string method, prometheus::Family<prometheus::Counter>* calls,
                prometheus::Histogram* latency, prometheus::Gauge* in_flight);
  void Started() { in_flight_->Increment(); }
  void Finished(absl::StatusCode code, absl::Duration duration);
  // A stream's end: how long its caller stayed is no latency.
  void StreamEnded(absl::StatusCode code);

 private:
  void Count(absl::StatusCode code);

  const std::string method_;
  prometheus::Family<prometheus::Counter>* const calls_;
  prometheus::Histogram* const latency_;
  prometheus::Gauge* const in_flight_;
  std::array<std::atomic<prometheus::Counter*>, 17> by_code_{};  // made when first needed
};

// All metrics of a process. Thread-safe. `comity_calls_total{service,method,code}`,
// `comity_call_seconds{service,method}`, `comity_calls_in_flight{service,method}`,
// `comity_calls_shed_total{service}`, `comity_queue_length{service}`, `comity_ready{service}`,
// `comity_directory_age_seconds{service}`, `comity_http_refused_total{service,reason}`.
class Metrics final : public prometheus::Collectable {
 public:
  explicit Metrics(const std::string& service);
  std::unique_ptr<MethodMetrics> ForMethod(const std::string& method);
  void CountShed() { shed_->Increment(); }
  void SetReady(bool ready) { ready_->Set(ready ? 1 : 0); }
  // A request that the HTTP door answered itself. `reason`: of an error, so one of few.
  void CountRefused(const std::string& reason) { refused_->Add({{"reason", reason}}).Increment(); }
  // Asked at each collection.
  void SetQueueLength(std::function<int()> queue_length);
  void SetDirectoryAge(std::function<absl::Duration()> age);
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>* calls_;
  prometheus::Family<prometheus::Histogram>* latency_;
  prometheus::Family<prometheus::Gauge>* in_flight_;
  prometheus::Counter* shed_;
  prometheus::Gauge* queue_;
  prometheus::Gauge* ready_;
  prometheus::Gauge* directory_age_;
  prometheus::Family<prometheus::Counter>* refused_;
  std::function<int()> queue_length_;
  std::function<absl::Duration()> age_;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_METRICS_H_
