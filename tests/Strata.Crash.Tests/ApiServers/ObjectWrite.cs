using System.Globalization;
using Strata.Api.Models;

namespace Strata.Crash.Tests.ApiServers;

/// <summary>One write of a ConfigMap, as its writer, a watcher or the store tells it.</summary>
/// <param name="Nonce">What only this write put into the object.</param>
internal sealed record ObjectWrite(long Revision, string Name, string Nonce)
{
    public static ObjectWrite Of(ConfigMap map) => new(long.Parse(map.Metadata.ResourceVersion, CultureInfo.InvariantCulture), map.Metadata.Name, map.Data["nonce"]);
}
