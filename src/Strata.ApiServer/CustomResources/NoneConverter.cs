using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.CustomResources;

/// <summary>Conversion strategy <c>None</c>: the versions differ in name only.</summary>
internal sealed class NoneConverter : ICustomResourceConverter
{
    public static readonly NoneConverter Instance = new();

    public JsonObject Convert(JsonObject source, KindInfo wanted)
    {
        source["apiVersion"] = wanted.ApiVersion;
        return source;
    }
}
