using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>MicroTime fields: client-go reads them only with exactly six fractional digits, so what others wrote is brought into that form.</summary>
internal static class MicroTimes
{
    public static void Normalize(JsonObject? source, string name)
    {
        if (source.Text(name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            source![name] = KubeTime.FormatMicro(time);
        }
    }
}
