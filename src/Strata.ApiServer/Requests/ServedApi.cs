namespace Strata.ApiServer.Requests;

/// <summary>All that is served at one moment. Immutable: a change of what is served replaces it whole.</summary>
internal sealed record ServedApi(EndpointTable Endpoints, IDocuments Documents);
