using Microsoft.AspNetCore.Http;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Fairness;

/// <summary>Where requests over HTTPS get their seats. Calls within the process do not come by here: the scheduler and the controllers bound their own workers, and nobody else can keep
/// them waiting.</summary>
internal sealed class FlowGate(FlowController controller, FlowObjects objects, ResourceRegistry registry)
{
    /// <summary>Waits for a request's seats.</summary>
    /// <exception cref="FlowRefusedException">There is none for it.</exception>
    public async ValueTask<FlowTicket> EnterAsync(UserIdentity user, RequestInfo info, QueryParameters query, HttpResponse response, CancellationToken cancellationToken)
    {
        objects.TakeOver();
        var ticket = await controller.EnterAsync(user, info, WorkEstimate.Seats(info, query, CountOf), cancellationToken);
        if (ticket.Rule.Uid.Length > 0)
        {
            response.Headers["X-Kubernetes-Pf-Flowschema-Uid"] = ticket.Rule.Uid;
            response.Headers["X-Kubernetes-Pf-Prioritylevel-Uid"] = ticket.Rule.Level.Uid;
        }

        return ticket;
    }

    private int CountOf(RequestInfo info) => registry.CountOf(info.Group, info.Resource);
}
