namespace Strata.ApiServer.Requests;

/// <summary>A document that is served as it is.</summary>
internal sealed record DocumentResult(int Code, string ContentType, ReadOnlyMemory<byte> Content) : ApiResult(Code)
{
    /// <summary>Further headers, such as ETag.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
