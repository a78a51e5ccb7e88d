using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>The service that holds an address or a port. The uid tells it from a later one of the same name.</summary>
internal sealed record ServiceOwner(string Namespace, string Name, string Uid)
{
    public static ServiceOwner Of(JsonObject service)
    {
        var metadata = service.Metadata();
        return new ServiceOwner(metadata.TextOrEmpty("namespace"), metadata.TextOrEmpty("name"), metadata.TextOrEmpty("uid"));
    }

    public static ServiceOwner Of(JsonElement service)
    {
        var metadata = service.Get("metadata"u8);
        return new ServiceOwner(metadata.Text("namespace"u8), metadata.Text("name"u8), metadata.Text("uid"u8));
    }
}
