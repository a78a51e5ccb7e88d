namespace Strata.ApiServer.Authorization.Rbac;

/// <summary>Texts as Go's formatting makes them, for messages that people compare.</summary>
internal static class GoText
{
    /// <summary>A list of texts as by <c>%q</c>: <c>["a" "b"]</c>.</summary>
    public static string Quoted(IEnumerable<string> values) => $"[{string.Join(' ', values.Select(static value => $"\"{value}\""))}]";
}
