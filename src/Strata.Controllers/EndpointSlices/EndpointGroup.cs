using Strata.Api.Models;

namespace Strata.Controllers.EndpointSlices;

/// <summary>Endpoints that share their ports.</summary>
internal sealed record EndpointGroup(IReadOnlyList<DiscoveryEndpointPort> Ports, IReadOnlyList<Endpoint> Endpoints);
