#include "services/runtime/server/metrics.h"

#include <utility>

#include "services/runtime/server/request_log.h"

namespace comity::server {
namespace {

const prometheus::Histogram::BucketBoundaries& Buckets() {  // seconds
  static const auto* const buckets = new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  return *buckets;
}

template <typename Builder>
auto* Register(Builder builder, const char* name, const char* help, const std::string& service,
               prometheus::Registry* registry) {
  return &builder.Name(name).Help(help).Labels({{"service", service}}).Register(*registry);
}

}  // namespace

MethodMetrics::MethodMetrics(std::string method, prometheus::Family<prometheus::Counter>* calls,
                             prometheus::Histogram* latency, prometheus::Gauge* in_flight)
    : method_(std::move(method)), calls_(calls), latency_(latency), in_flight_(in_flight) {}

void MethodMetrics::Count(absl::StatusCode code) {
  auto& known = by_code_[static_cast<size_t>(code) % by_code_.size()];
  prometheus::Counter* counter = known.load(std::memory_order_acquire);
  if (counter == nullptr) {  // Add returns the same counter to everyone who asks
    counter = &calls_->Add({{"method", method_}, {"code", std::string(CodeName(code))}});
    known.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

void MethodMetrics::Finished(absl::StatusCode code, absl::Duration duration) {
  Count(code);
  latency_->Observe(absl::ToDoubleSeconds(duration));
  in_flight_->Decrement();
}

void MethodMetrics::StreamEnded(absl::StatusCode code) {
  Count(code);
  in_flight_->Decrement();
}

Metrics::Metrics(const std::string& service) {
  calls_ = Register(prometheus::BuildCounter(), "comity_calls_total", "Calls by outcome.", service,
                    &registry_);
  latency_ = Register(prometheus::BuildHistogram(), "comity_call_seconds",
                      "Time from receipt to answer.", service, &registry_);
  in_flight_ = Register(prometheus::BuildGauge(), "comity_calls_in_flight",
                        "Calls received and not answered.", service, &registry_);
  shed_ = &Register(prometheus::BuildCounter(), "comity_calls_shed_total",
                    "Calls refused because the server was busy.", service, &registry_)
               ->Add({});
  queue_ = &Register(prometheus::BuildGauge(), "comity_queue_length",
                     "Calls that wait for a worker.", service, &registry_)
                ->Add({});
  ready_ = &Register(prometheus::BuildGauge(), "comity_ready", "1 while the service is SERVING.",
                     service, &registry_)
                ->Add({});
  directory_age_ =
      &Register(prometheus::BuildGauge(), "comity_directory_age_seconds",
                "Since the gateway's journal last confirmed the directory.", service, &registry_)
           ->Add({});
  refused_ = Register(prometheus::BuildCounter(), "comity_http_refused_total",
                      "Requests that the HTTP door refused itself.", service, &registry_);
}

std::unique_ptr<MethodMetrics> Metrics::ForMethod(const std::string& method) {
  return std::make_unique<MethodMetrics>(method, calls_,
                                         &latency_->Add({{"method", method}}, Buckets()),
                                         &in_flight_->Add({{"method", method}}));
}

void Metrics::SetQueueLength(std::function<int()> queue_length) {
  queue_length_ = std::move(queue_length);
}

void Metrics::SetDirectoryAge(std::function<absl::Duration()> age) { age_ = std::move(age); }

std::vector<prometheus::MetricFamily> Metrics::Collect() const {
  if (age_) directory_age_->Set(absl::ToDoubleSeconds(age_()));
  if (queue_length_) queue_->Set(queue_length_());
  return registry_.Collect();
}

}  // namespace comity::server
