using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission;

/// <summary>The admission plug-ins that every server runs, in upstream's order.</summary>
internal static class BuiltInAdmission
{
    public static IReadOnlyList<IAdmissionPlugin> Plugins(ApiServerOptions options, IObjectReader objects)
    {
        _ = (options, objects);
        return [];
    }
}
