namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>A webhook could not be asked, or gave no proper answer. Whether the request fails for it is a matter of its failure policy.</summary>
internal sealed class WebhookCallException(string message, int code, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>HTTP status that came of the call, for metrics.</summary>
    public int Code => code;
}
