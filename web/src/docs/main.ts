/**
 * A page to read and try the contract that this very server serves. Not part of the client: the reader is taken as it is shipped,
 * a megabyte that nobody else has to fetch.
 */
import reader from 'swagger-ui-dist/swagger-ui-bundle.js?url';
import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';

declare const SwaggerUIBundle: (options: Record<string, unknown>) => void;

const script = document.createElement('script');
script.src = reader;
script.onload = () =>
  SwaggerUIBundle({
    dom_id: '#docs',
    url: '/api/v1/openapi.yaml',
    deepLinking: true,
    docExpansion: 'none',
    defaultModelsExpandDepth: 0,
    // The validator's badge would ask another host.
    validatorUrl: null,
  });
document.head.append(script);
