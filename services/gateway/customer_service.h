// One view over all services: what each knows about an account, asked in parallel.
#ifndef COMITY_GATEWAY_CUSTOMER_SERVICE_H_
#define COMITY_GATEWAY_CUSTOMER_SERVICE_H_

#include <functional>
#include <memory>
#include <string>

#include "comity/gateway/v1/customer_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class CustomerService final : public v1::CustomerService::CallbackService {
 public:
  using Api = v1::CustomerService;
  // The channel to a service; null when its address is not known: its parts then say so.
  using ChannelTo = std::function<std::shared_ptr<grpc::Channel>(const std::string& service)>;

  CustomerService(server::Edge* edge, const ChannelTo& channel_to);
  ~CustomerService() override;
  COMITY_UNARY(GetCustomer, v1::GetCustomerRequest, v1::Customer)

 private:
  struct Stubs;
  struct Branches;

  server::Edge* const edge_;
  const std::unique_ptr<const Stubs> stubs_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CUSTOMER_SERVICE_H_
