using Microsoft.AspNetCore.Http;
using Strata.Arm;

namespace Strata.ContainerInstances.Http;

/// <summary>A request on its way through a handler. Route values have been matched, the caller is known.</summary>
internal sealed class ArmRequest(HttpContext context)
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    public HttpContext Context { get; } = context;

    public string SubscriptionId => Route("subscription");

    public string ResourceGroup => Route("resourceGroup");

    public ArmResourceId GroupId => ArmResourceId.ForContainerGroup(SubscriptionId, ResourceGroup, Route("name"));

    public ArmResourceId ResourceGroupId => ArmResourceId.ForResourceGroup(SubscriptionId, ResourceGroup);

    /// <summary>Absolute, as clients reach the server: operation URLs are built on it.</summary>
    public string BaseUrl => $"https://{Context.Request.Host}";

    public string Route(string name) => (string)Context.Request.RouteValues[name]!;

    public string? Query(string name) => Context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The body; null when it is larger than any sensible request.</summary>
    public async Task<byte[]?> ReadBodyAsync(CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await Context.Request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > MaxBodyBytes)
            {
                return null;
            }
        }

        return body.ToArray();
    }
}
