using System.Collections.Frozen;

namespace Strata.ApiServer.Requests;

/// <summary>Every resource and subresource that is served.</summary>
internal sealed class EndpointTable
{
    private readonly FrozenDictionary<(string GroupVersion, string FullName), IEndpoint> _endpoints;

    /// <param name="endpoints">In the order in which discovery lists them.</param>
    public EndpointTable(IReadOnlyList<IEndpoint> endpoints)
    {
        All = endpoints;
        _endpoints = endpoints.ToFrozenDictionary(static endpoint => (endpoint.Info.GroupVersion, endpoint.Info.FullName));
    }

    public IReadOnlyList<IEndpoint> All { get; }

    public IEndpoint? Find(RequestInfo info)
    {
        var groupVersion = info.Group.Length == 0 ? info.Version : $"{info.Group}/{info.Version}";
        var fullName = info.Subresource.Length == 0 ? info.Resource : $"{info.Resource}/{info.Subresource}";
        return _endpoints.GetValueOrDefault((groupVersion, fullName));
    }
}
